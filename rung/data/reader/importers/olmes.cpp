// Metrics of OLMES: an object a task, {"task_name": …, "metrics": {"acc_raw": …},
// "num_instances": …, "model_config": {"model": …}}, in task-NNN-NAME-metrics.json or one a line in
// metrics-all.jsonl, or under "tasks" in metrics.json.
#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/score_values.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  const auto has = [&](std::string_view key) {
    return head.content.find(key) != std::string::npos;
  };
  if (!first_line(head.content).starts_with('{')) return Likeness::none;
  if (has("\"task_name\"") && has("\"metrics\"")) return Likeness::certain;
  return has("\"all_primary_scores\"") ? Likeness::certain : Likeness::none;
}

CheckpointName model_of(const Value& task, const ImportedFile& file) {
  const Value* const config = task.find("model_config");
  std::string name, revision;
  if (config) {
    for (const char* key : {"model_path", "model"}) {
      if (name.empty()) name = text_under(*config, key);
    }
    revision = text_under(*config, "revision");
  }
  if (name.empty()) name = file.folder();
  if (name.empty()) name = file.stem();
  return parse_checkpoint_name(name, revision);
}

/// The name that tells variants apart ("arc_easy:mc"), where the file has one.
std::string task_of(const Value& task) {
  if (const Value* const config = task.find("task_config")) {
    if (const Value* const metadata = config->find("metadata")) {
      const std::string alias = text_under(*metadata, "alias");
      if (!alias.empty()) return alias.substr(0, alias.find("::"));
    }
  }
  return text_under(task, "task_name");
}

void read_task(const Value& task, const ImportedFile& file, std::size_t line, Imported& imported) {
  const Value* const metrics = task.find("metrics");
  const std::string name = task_of(task);
  if (name.empty() || !metrics || !metrics->table())
    throw InputError(Location{file.path, line},
                     "is no task of OLMES: it lacks task_name or metrics");
  const CheckpointName model = model_of(task, file);
  const Score common{.model = model.model,
                     .task = name,
                     .metric = {},
                     .value = 0,
                     .stderror = {},
                     .n = number_under(task, "num_instances"),
                     .step = model.step,
                     .date = date_in(text_under(task, "current_date")),
                     .file = file.path};
  add_metrics(*metrics, common, imported.scores);
}

void read(const ImportedFile& file, Imported& imported) {
  const std::size_t n_before = imported.scores.size();
  each_json(file.content, file.path, [&](const Value& top, std::size_t line) {
    const Value* const tasks = top.find("tasks");
    if (!tasks || !tasks->list()) {
      read_task(top, file, line, imported);
      return;
    }
    for (const Value& task : *tasks->list()) {
      if (task.find("metrics")) read_task(task, file, task.line, imported);
    }
  });
  if (imported.scores.size() == n_before)
    throw InputError(Location{file.path}, "no task has a metric that is a number");
}

}  // namespace

Importer importer_olmes();
Importer importer_olmes() { return {"olmes", "metrics of OLMES", likeness, read}; }

}  // namespace rung
