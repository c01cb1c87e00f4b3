// Results of lm-evaluation-harness, results_DATE.json: {"results": {TASK: {"acc,none": …}}} since
// 0.4, {"acc": …} before; and those of the Open LLM Leaderboard, made by it, whose first version
// writes tasks as "harness|arc:challenge|25".
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/score_values.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  const bool named = head.name().starts_with("results_") && head.name().ends_with(".json");
  // A list under its name is told as what it is not, rather than read as a table.
  const std::string_view start = first_line(head.content);
  if (!start.starts_with('{'))
    return named && start.starts_with('[') ? Likeness::certain : Likeness::none;
  const std::size_t results = head.content.find("\"results\"");
  if (results == std::string::npos) return named ? Likeness::likely : Likeness::none;
  const std::size_t object = head.content.find_first_not_of(" \t\r\n:", results + 9);
  const bool has_object = object != std::string::npos && head.content[object] == '{';
  if (named) return has_object ? Likeness::certain : Likeness::likely;
  return has_object ? Likeness::likely : Likeness::none;
}

/// "pretrained=org/model,revision=step1000,dtype=…": what stands behind a name.
std::string argument(std::string_view arguments, std::string_view name) {
  for (const std::string& part : split(arguments, ',')) {
    const std::string_view text = trimmed(part);
    if (text.starts_with(name) && text.substr(name.size()).starts_with('='))
      return std::string(text.substr(name.size() + 1));
  }
  return "";
}

/// Of the model's arguments, a text or, in later versions, an object.
std::string argument(const Value& config, const char* name) {
  const Value* const arguments = config.find("model_args");
  if (!arguments) return "";
  return arguments->text() ? argument(*arguments->text(), name) : text_under(*arguments, name);
}

CheckpointName model_of(const Value& top, const ImportedFile& file) {
  std::string name = text_under(top, "model_name"), revision;
  for (const char* key : {"config", "config_general"}) {
    const Value* const config = top.find(key);
    if (!config || !config->table()) continue;
    for (const char* argument_name : {"pretrained", "model", "path"}) {
      if (name.empty()) name = argument(*config, argument_name);
    }
    if (revision.empty()) revision = argument(*config, "revision");
    if (name.empty()) name = text_under(*config, "model_name");
    if (name.empty()) name = text_under(*config, "model");
  }
  if (name.empty()) name = file.folder();
  if (name.empty()) name = file.stem();
  return parse_checkpoint_name(name, revision);
}

/// "harness|arc:challenge|25" -> "arc:challenge".
std::string task_name(const std::string& key) {
  const std::vector<std::string> parts = split(key, '|');
  return parts.size() >= 3 ? parts[1] : key;
}

std::optional<double> n_of(const Value& top, const std::string& task, const Value& metrics) {
  if (const Value* const samples = top.find("n-samples")) {
    if (const Value* const counts = samples->find(task)) return number_under(*counts, "effective");
  }
  return number_under(metrics, "sample_len");
}

std::optional<double> date_of(const Value& top, const ImportedFile& file) {
  if (const auto date = date_in(file.name())) return date;
  return number_under(top, "date");
}

/// What the harness says of the model beside its scores.
void add_size(const Value& top, const Score& common, Imported& imported) {
  const Value* const config = top.find("config");
  const auto n_params = config ? number_under(*config, "model_num_parameters") : std::nullopt;
  if (!n_params || *n_params <= 0) return;
  Run run;
  run.model = common.model;
  run.file = common.file;
  run.n_params.total = n_params;
  imported.runs.push_back(std::move(run));
}

void read(const ImportedFile& file, Imported& imported) {
  const Value top = parse_json_cells(file.content, file.path);
  const Value* const results = top.find("results");
  if (!results || !results->table() || results->table()->empty())
    throw InputError(Location{file.path}, "has no object \"results\" with tasks",
                     "is it a results_*.json of lm-evaluation-harness?");
  const CheckpointName model = model_of(top, file);
  Score common;
  common.model = model.model;
  common.step = model.step;
  common.file = file.path;
  common.date = date_of(top, file);
  const std::size_t n_before = imported.scores.size();
  std::vector<Problem> problems;
  for (const Member& task : *results->table()) {
    if (task.key == "all") continue;  // the leaderboard's mean over tasks of all kinds
    if (!task.value.table()) {
      problems.push_back(
          {{file.path, task.line, task.column},
           "'" + task.key + "' must be an object of metrics, not " + task.value.description()});
      continue;
    }
    common.task = task_name(task.key);
    common.n = n_of(top, task.key, task.value);
    add_metrics(task.value, common, imported.scores);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  std::erase_if(imported.scores, [](const Score& score) { return score.metric == "sample_len"; });
  if (imported.scores.size() == n_before)
    throw InputError(Location{file.path}, "no task in \"results\" has a number");
  add_size(top, common, imported);
}

}  // namespace

Importer importer_lm_eval();
Importer importer_lm_eval() {
  return {"lm_eval",
          "results_*.json of lm-evaluation-harness (0.3, 0.4) and of the Open LLM Leaderboard",
          likeness, read};
}

}  // namespace rung
