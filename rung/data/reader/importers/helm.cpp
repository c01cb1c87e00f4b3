// HELM's stats.json: a list of statistics, each with the name of its metric and the split. The
// folder's name says scenario and model: "mmlu:subject=anatomy,model=org_name".
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/score_values.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  const bool has_sums = head.content.find("\"sum_squared\"") != std::string::npos;
  if (!first_line(head.content).starts_with('[') || !has_sums) return Likeness::none;
  return head.name() == "stats.json" ? Likeness::certain : Likeness::likely;
}

struct Scenario {
  std::string task, model;
};

/// Arguments that say how the model is reached or what was changed, not what is asked.
Scenario scenario_of(const std::string& folder) {
  Scenario scenario;
  const std::size_t colon = folder.find(':');
  std::vector<std::string> asked;
  for (const std::string& part :
       split(colon == folder.npos ? folder : folder.substr(colon + 1), ',')) {
    if (part.starts_with("model=")) {
      scenario.model = part.substr(std::string_view("model=").size());
    } else if (!part.starts_with("model_deployment=") && !part.starts_with("data_augmentation=")) {
      asked.push_back(part);
    }
  }
  scenario.task = colon == folder.npos ? "" : folder.substr(0, colon);
  if (!asked.empty()) scenario.task += (scenario.task.empty() ? "" : ":") + join(asked, ",");
  return scenario;
}

/// What one split measured: the mean of each metric.
using Means = std::map<std::string, double>;

std::map<std::string, Means> means_by_split(const Value::List& stats, const std::string& path) {
  std::map<std::string, Means> splits;
  std::vector<Problem> problems;
  for (const Value& stat : stats) {
    const Value* const name = stat.find("name");
    const std::string metric = name ? text_under(*name, "name") : "";
    if (metric.empty()) {
      problems.push_back({{path, stat.line, stat.column}, "is no statistic: it has no name"});
      continue;
    }
    const bool is_changed = name->find("perturbation") || name->find("sub_split");
    const auto mean = number_under(stat, "mean");
    if (mean && !is_changed) splits[text_under(*name, "split")][metric] = *mean;
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return splits;
}

void read(const ImportedFile& file, Imported& imported) {
  const Value top = parse_json_cells(file.content, file.path);
  if (!top.list())
    throw InputError(Location{file.path}, "must be a list of statistics, not " + top.description());
  const Scenario scenario = scenario_of(file.folder());
  if (scenario.model.empty())
    throw InputError(Location{file.path}, "the folder's name says no model",
                     "HELM's are called SCENARIO:…,model=NAME");
  auto splits = means_by_split(*top.list(), file.path);
  for (const char* split : {"test", "valid", ""}) {
    const auto found = splits.find(split);
    if (found == splits.end()) continue;
    const auto n = found->second.find("num_instances");
    for (const auto& [metric, mean] : found->second) {
      Score score{.model = scenario.model,
                  .task = scenario.task,
                  .metric = metric,
                  .value = mean,
                  .stderror = {},
                  .n = {},
                  .step = {},
                  .date = {},
                  .file = file.path};
      if (n != found->second.end()) score.n = n->second;
      imported.scores.push_back(std::move(score));
    }
    return;
  }
  throw InputError(Location{file.path}, "has no statistic of a test or validation split");
}

}  // namespace

Importer importer_helm();
Importer importer_helm() { return {"helm", "stats.json of HELM", likeness, read}; }

}  // namespace rung
