// Samples of lm-evaluation-harness, samples_TASK_DATE.jsonl: a line a question, with its metrics.
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/score_values.hpp"

namespace rung {
namespace {

constexpr std::string_view kPrefix = "samples_";

Likeness likeness(const ImportedFile& head) {
  const bool has_questions = head.content.find("\"doc_id\"") != std::string::npos;
  if (!has_questions || !first_line(head.content).starts_with('{')) return Likeness::none;
  if (head.name().starts_with(kPrefix)) return Likeness::certain;
  return head.content.find("\"resps\"") != std::string::npos ? Likeness::certain : Likeness::none;
}

/// "samples_arc_easy_2024-05-21T10-11-12.123456" -> "arc_easy".
std::string task_of(const ImportedFile& file) {
  std::string name = file.name();
  if (name.starts_with(kPrefix)) name = name.substr(kPrefix.size());
  for (std::size_t at = name.find('_'); at != name.npos; at = name.find('_', at + 1)) {
    if (date_in(name.substr(at + 1, 10))) return name.substr(0, at);
  }
  return name.substr(0, name.find(".json"));
}

/// Names of metrics: as the line lists them, else every number that is no place or hash.
void add_sample(const Value& sample, std::map<std::string, Mean>& means) {
  const std::string filter = text_under(sample, "filter");
  const auto add = [&](const std::string& name) {
    const auto value = number_under(sample, name);
    if (value) means[harness_metric(filter.empty() ? name : name + "," + filter)].add(*value);
  };
  if (const Value* const listed = sample.find("metrics"); listed && listed->list()) {
    for (const Value& name : *listed->list()) {
      if (name.text()) add(*name.text());
    }
    return;
  }
  for (const Member& member : *sample.table()) {
    if (member.key != "doc_id" && member.key != "target") add(member.key);
  }
}

void read(const ImportedFile& file, Imported& imported) {
  std::map<std::string, Mean> means;
  each_json(file.content, file.path, [&](const Value& sample, std::size_t line) {
    if (!sample.table() || !sample.find("doc_id"))
      throw InputError(Location{file.path, line}, "is no sample: there is no \"doc_id\"");
    add_sample(sample, means);
  });
  if (means.empty()) throw InputError(Location{file.path}, "no sample has a metric");
  const std::string folder = file.folder();
  const CheckpointName model = parse_checkpoint_name(folder.empty() ? "unnamed" : folder);
  for (const auto& [metric, mean] : means) {
    imported.scores.push_back({.model = model.model,
                               .task = task_of(file),
                               .metric = metric,
                               .value = mean.mean(),
                               .stderror = mean.stderror(),
                               .n = mean.n(),
                               .step = model.step,
                               .date = date_in(file.name()),
                               .file = file.path});
  }
}

}  // namespace

Importer importer_lm_eval_samples();
Importer importer_lm_eval_samples() {
  return {"lm_eval_samples", "samples_*.jsonl of lm-evaluation-harness, averaged by task", likeness,
          read};
}

}  // namespace rung
