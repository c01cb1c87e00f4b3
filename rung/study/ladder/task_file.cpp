#include "rung/study/ladder/task_file.hpp"

#include "rung/core/fields.hpp"

namespace rung::ladder {
namespace {

using Texts = std::vector<std::string>;

constexpr NumberRange kChoices = {.least = 2, .most = 1e9, .wanted = "a number from 2 on"};

ColumnNames columns_of(Fields& fields) {
  ColumnNames columns;
  for (const Metric metric : kMetrics) {
    if (auto column = fields.get<std::string>(metric_name(metric))) columns[metric] = *column;
  }
  return columns;
}

TaskEntry task_of(Fields& fields) {
  TaskEntry task;
  task.where = fields.where();
  task.name = fields.get<std::string>("name");
  task.pattern = fields.get<std::string>("pattern");
  task.stem = fields.get<std::string>("stem");
  task.columns = columns_of(fields);
  task.average_of = fields.get<Texts>("average_of").value_or(Texts());
  task.weights = fields.get<std::vector<double>>("weights", kPositive).value_or(task.weights);
  task.n_examples = fields.get<double>("n_examples", kPositive);
  task.n_choices = fields.get<double>("n_choices", kChoices);
  task.chance = fields.get<double>("chance", kShare);
  task.maximum = fields.get<double>("maximum", kShare);
  return task;
}

ModelEntry model_of(Fields& fields) {
  return {.where = fields.where(),
          .aliases = fields.get<Texts>("aliases").value_or(Texts()),
          .n_params = fields.get<double>("n_params", kPositive),
          .flops_per_token = fields.get<double>("flops_per_token", kPositive),
          .batch_tokens = fields.get<double>("batch_tokens", kPositive)};
}

template <class T>
void replace_stated(std::optional<T>& old, const std::optional<T>& stated) {
  if (stated) old = stated;
}

void merge_task(TaskEntry& old, const TaskEntry& next) {
  old.where = next.where;
  if (!next.average_of.empty()) {  // it becomes an average, whatever it was
    old.pattern.reset();
    old.stem.reset();
    old.columns.clear();
    old.average_of = next.average_of;
    old.weights.clear();
  } else if (next.pattern) {
    old.average_of.clear();
    old.weights.clear();
    old.columns.clear();
  }
  if (!next.weights.empty()) old.weights = next.weights;
  if (next.n_choices) old.chance.reset();
  if (next.chance) old.n_choices.reset();
  for (const auto& [metric, column] : next.columns) old.columns[metric] = column;
  replace_stated(old.name, next.name);
  replace_stated(old.pattern, next.pattern);
  replace_stated(old.stem, next.stem);
  replace_stated(old.n_examples, next.n_examples);
  replace_stated(old.n_choices, next.n_choices);
  replace_stated(old.chance, next.chance);
  replace_stated(old.maximum, next.maximum);
}

void merge_model(ModelEntry& old, const ModelEntry& next) {
  old.where = next.where;
  if (!next.aliases.empty()) old.aliases = next.aliases;
  replace_stated(old.n_params, next.n_params);
  replace_stated(old.flops_per_token, next.flops_per_token);
  replace_stated(old.batch_tokens, next.batch_tokens);
}

}  // namespace

void TaskFile::merge(const TaskFile& other) {
  for (const auto& [key, entry] : other.patterns) {
    PatternEntry& old = patterns[key];
    old.where = entry.where;
    for (const auto& [metric, column] : entry.columns) old.columns[metric] = column;
  }
  for (const auto& [key, entry] : other.tasks) merge_task(tasks[key], entry);
  for (const auto& [key, entry] : other.sets) sets[key] = entry;
  for (const auto& [key, entry] : other.models) merge_model(models[key], entry);
}

TaskFile parse_task_file(std::string_view toml, const std::string& source) {
  TaskFile file;
  read_toml_fields(toml, source, [&file](Fields& top) {
    top.tables("patterns", [&](const std::string& key, Fields& pattern) {
      file.patterns[key] = {pattern.where(), columns_of(pattern)};
    });
    top.tables("tasks",
               [&](const std::string& key, Fields& task) { file.tasks[key] = task_of(task); });
    top.tables("models",
               [&](const std::string& key, Fields& model) { file.models[key] = model_of(model); });
    top.table("sets", [&](Fields& sets) {
      for (const std::string& key : sets.keys())
        file.sets[key] = {sets.where(key), sets.require<Texts>(key)};
    });
  });
  return file;
}

}  // namespace rung::ladder
