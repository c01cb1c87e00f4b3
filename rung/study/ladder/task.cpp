#include "rung/study/ladder/task.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "rung/core/embedded.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

constexpr double kUsualChoices = 4;  // of a task that does not say how many

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

std::string filled(std::string column, const std::string& stem) {
  for (std::size_t at = 0; (at = column.find("{}", at)) != std::string::npos; at += stem.size()) {
    column.replace(at, 2, stem);
  }
  return column;
}

/// Looks up what the entries refer to; every entry that can't be used becomes a problem.
class Resolver {
 public:
  Resolver(const TaskFile& file, bool of_logged_runs)
      : file_(file), of_logged_runs_(of_logged_runs) {}

  std::map<std::string, Task> tasks() {
    for (const auto& [key, entry] : file_.tasks) resolve(key);
    return std::move(tasks_);
  }

  void check_sets() {
    for (const auto& [key, entry] : file_.sets) {
      if (file_.tasks.count(key))
        complain(entry.where, "'" + key + "' is the name of a task and of a set");
      for (const std::string& task : entry.tasks) {
        if (!file_.tasks.count(task)) complain_unknown_task(entry.where, "set '" + key + "'", task);
      }
    }
  }

  /// By name and by alias; a name goes before another model's alias.
  std::map<std::string, ModelSize> models() {
    std::map<std::string, ModelSize> models;
    for (const auto& [key, entry] : file_.models) {
      if (entry.n_params && entry.flops_per_token) {
        models[key] = {key, *entry.n_params, *entry.flops_per_token, entry.batch_tokens};
      } else {
        complain(entry.where, "model '" + key + "' needs n_params and flops_per_token");
      }
    }
    for (const auto& [key, entry] : file_.models) {
      for (const std::string& alias : entry.aliases) {
        if (!file_.models.count(alias) && models.count(key) &&
            !models.emplace(alias, models.at(key)).second) {
          complain(entry.where, "two models have the alias '" + alias + "'");
        }
      }
    }
    return models;
  }

  void throw_problems() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

 private:
  void complain(const Location& where, std::string message, std::string hint = "") {
    problems_.push_back({where, std::move(message), std::move(hint)});
  }

  void complain_unknown_task(const Location& where, const std::string& user,
                             const std::string& task) {
    complain(where, user + " names a task that is not there: '" + task + "'",
             did_you_mean(task, keys_of(file_.tasks)));
  }

  /// Null when the task is unknown or, being an average of itself, has no columns of its own yet.
  const Task* resolve(const std::string& key) {
    if (const auto done = tasks_.find(key); done != tasks_.end()) return &done->second;
    const auto found = file_.tasks.find(key);
    if (found == file_.tasks.end() || !open_.insert(key).second) return nullptr;
    const TaskEntry& entry = found->second;
    Task task;
    task.key = key;
    task.name = entry.name.value_or(key);
    task.n_examples = entry.n_examples;
    task.maximum = entry.maximum.value_or(1);
    task.chance = entry.chance.value_or(1 / entry.n_choices.value_or(kUsualChoices));
    task.chance_is_assumed = !entry.chance && !entry.n_choices;
    if (entry.average_of.empty()) {
      fill_columns(entry, task);
    } else {
      average_columns(entry, task);
    }
    for (const auto& [metric, column] : entry.columns) set_columns(task, metric, {{column, 1}});
    check(entry, task);
    open_.erase(key);
    return &(tasks_[key] = std::move(task));
  }

  static void set_columns(Task& task, Metric metric, std::vector<WeightedColumn> columns) {
    task.columns_by_metric[static_cast<std::size_t>(metric)] = std::move(columns);
  }

  void fill_columns(const TaskEntry& entry, Task& task) {
    if (!entry.pattern) return;
    const auto pattern = file_.patterns.find(*entry.pattern);
    if (pattern == file_.patterns.end()) {
      return complain(entry.where,
                      "task '" + task.key + "' follows an unknown pattern '" + *entry.pattern + "'",
                      did_you_mean(*entry.pattern, keys_of(file_.patterns)));
    }
    for (const auto& [metric, column] : pattern->second.columns) {
      set_columns(task, metric, {{filled(column, entry.stem.value_or(task.key)), 1}});
    }
  }

  void average_columns(const TaskEntry& entry, Task& task) {
    if (!entry.weights.empty() && entry.weights.size() != entry.average_of.size()) {
      return complain(entry.where, "task '" + task.key + "' has " +
                                       std::to_string(entry.weights.size()) + " weights for " +
                                       std::to_string(entry.average_of.size()) + " tasks");
    }
    std::vector<const Task*> parts;
    for (const std::string& key : entry.average_of) {
      if (!file_.tasks.count(key)) {
        complain_unknown_task(entry.where, "task '" + task.key + "'", key);
      } else if (const Task* part = resolve(key)) {
        parts.push_back(part);
      } else {
        complain(entry.where,
                 "task '" + task.key + "' is an average of itself, through '" + key + "'");
      }
    }
    if (parts.size() != entry.average_of.size()) return;
    for (const Metric metric : kMetrics) set_columns(task, metric, averaged(entry, parts, metric));
    take_chance_of(parts, entry, task);
    take_questions_of(parts, entry, task);
  }

  /// The weight of part i among weights of sum 1.
  static double share_of(const TaskEntry& entry, std::size_t i) {
    if (entry.weights.empty()) return 1 / static_cast<double>(entry.average_of.size());
    return entry.weights[i] / std::accumulate(entry.weights.begin(), entry.weights.end(), 0.0);
  }

  /// Who guesses all parts scores the mean of their chances.
  static void take_chance_of(const std::vector<const Task*>& parts, const TaskEntry& entry,
                             Task& task) {
    if (!task.chance_is_assumed) return;
    double mean = 0;
    bool alike = true;
    task.chance_is_assumed = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      mean += share_of(entry, i) * parts[i]->chance;
      alike = alike && parts[i]->chance == parts.front()->chance;
      task.chance_is_assumed = task.chance_is_assumed || parts[i]->chance_is_assumed;
    }
    task.chance = alike ? parts.front()->chance : mean;
  }

  /// As many as a plain mean over one benchmark would need to err as much: the variance of
  /// sum_i w_i p_i is sum_i w_i^2 p_i (1 - p_i) / n_i, here with one p.
  static void take_questions_of(const std::vector<const Task*>& parts, const TaskEntry& entry,
                                Task& task) {
    if (task.n_examples) return;
    double per_question = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!parts[i]->n_examples) return;
      const double share = share_of(entry, i);
      per_question += share * share / *parts[i]->n_examples;
    }
    if (per_question > 0) task.n_examples = std::max(1.0, std::round(1 / per_question));
  }

  /// A part that is an average itself spreads its weight over its own columns; a column that all
  /// parts share (c4) is just that column.
  static std::vector<WeightedColumn> averaged(const TaskEntry& entry,
                                              const std::vector<const Task*>& parts,
                                              Metric metric) {
    std::vector<WeightedColumn> columns;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!parts[i]->has(metric)) return {};
      const double weight = entry.weights.empty() ? 1 : entry.weights[i];
      double part_weight = 0;
      for (const WeightedColumn& column : parts[i]->columns(metric)) part_weight += column.weight;
      for (const WeightedColumn& column : parts[i]->columns(metric)) {
        const double share = weight * (column.weight / part_weight);
        const auto same =
            std::find_if(columns.begin(), columns.end(),
                         [&](const WeightedColumn& c) { return c.name == column.name; });
        if (same == columns.end()) {
          columns.push_back({column.name, share});
        } else {
          same->weight += share;
        }
      }
    }
    if (columns.size() == 1) columns.front().weight = 1;
    return columns;
  }

  void check(const TaskEntry& entry, const Task& task) {
    // Of logged runs the tasks are columns, and a file may be of more than these runs have.
    if (entry.average_of.empty() && !entry.pattern && entry.columns.empty() && !of_logged_runs_) {
      complain(entry.where, "task '" + task.key + "' has no columns",
               "give a pattern, average_of, or a column for a metric, such as rc_bpb = \"...\"");
    }
    if (entry.average_of.empty() && !entry.weights.empty()) {
      complain(entry.where, "task '" + task.key + "' has weights but no average_of");
    }
    if (!entry.average_of.empty() && entry.pattern) {
      complain(entry.where, "task '" + task.key + "' has both a pattern and average_of");
    }
    if (entry.chance && entry.n_choices) {
      complain(entry.where, "task '" + task.key + "' has both chance and n_choices");
    }
    if (!(task.chance < task.maximum)) {
      complain(entry.where, "task '" + task.key + "' has its maximum (" + shortest(task.maximum) +
                                ") at or below chance (" + shortest(task.chance) + ")");
    }
  }

  const TaskFile& file_;
  bool of_logged_runs_;
  std::map<std::string, Task> tasks_;
  std::set<std::string>
      open_;  // being resolved: an average that meets one of these goes in a circle
  std::vector<Problem> problems_;
};

}  // namespace

const std::vector<WeightedColumn>& Task::columns(Metric metric) const {
  if (has(metric)) return columns_by_metric[static_cast<std::size_t>(metric)];
  std::vector<std::string> measured;
  for (const Metric m : kMetrics) {
    if (has(m)) measured.emplace_back(metric_name(m));
  }
  throw InputError("task '" + key + "' has no column for " + std::string(metric_name(metric)),
                   "it has " + join(measured, ", "));
}

Catalogue Catalogue::embedded() {
  // Patterns of one file may serve tasks of another, so references are looked up once all are
  // there.
  std::string folder = "rung/study/ladder/tasks/";
  TaskFile all;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.starts_with(folder))
      all.merge(parse_task_file(file.content, std::string(file.path)));
  }
  Catalogue catalogue;
  catalogue.merge(all);
  return catalogue;
}

void Catalogue::add_text(std::string_view toml, const std::string& source, bool of_logged_runs) {
  const TaskFile added = parse_task_file(toml, source);
  merge(added, of_logged_runs);
  for (const auto& [key, entry] : added.tasks) added_.insert(key);
}

void Catalogue::merge(const TaskFile& other, bool of_logged_runs) {
  TaskFile merged = file_;
  merged.merge(other);
  Resolver resolver(merged, of_logged_runs);
  auto tasks = resolver.tasks();
  resolver.check_sets();
  auto models = resolver.models();
  resolver.throw_problems();
  file_ = std::move(merged);
  tasks_ = std::move(tasks);
  models_ = std::move(models);
}

const Task& Catalogue::task(const std::string& key) const {
  if (const auto found = tasks_.find(key); found != tasks_.end()) return found->second;
  throw InputError("there is no task '" + key + "'", did_you_mean(key, keys_of(tasks_)));
}

std::vector<Task> Catalogue::select(std::span<const std::string> keys) const {
  if (keys.empty()) {
    throw InputError("no task is named",
                     "-k takes tasks or sets: " + join(keys_of(file_.sets), ", "));
  }
  std::vector<std::string> wanted;
  std::vector<Problem> problems;
  for (const std::string& key : keys) {
    if (const auto set = file_.sets.find(key); set != file_.sets.end()) {
      wanted.insert(wanted.end(), set->second.tasks.begin(), set->second.tasks.end());
    } else if (tasks_.count(key)) {
      wanted.push_back(key);
    } else {
      std::vector<std::string> known = keys_of(tasks_);
      for (const std::string& name : keys_of(file_.sets)) known.push_back(name);
      const std::string close = did_you_mean(key, known);
      problems.push_back(
          {Location(), "there is no task or set of tasks '" + key + "'",
           close.empty() ? "rung ladder tasks lists them; --tasks FILE adds your own" : close});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  std::vector<Task> tasks;
  std::set<std::string> taken;
  for (const std::string& key : wanted) {
    if (taken.insert(key).second) tasks.push_back(tasks_.at(key));
  }
  return tasks;
}

const ModelSize* Catalogue::model(const std::string& name) const {
  const auto found = models_.find(name.substr(0, name.find('-')));
  return found == models_.end() ? nullptr : &found->second;
}

Location Catalogue::where(const std::string& key) const {
  const auto entry = file_.tasks.find(key);
  return entry == file_.tasks.end() ? Location{} : entry->second.where;
}

std::map<std::string, std::vector<std::string>> Catalogue::sets() const {
  std::map<std::string, std::vector<std::string>> sets;
  for (const auto& [key, entry] : file_.sets) sets[key] = entry.tasks;
  return sets;
}

std::vector<ModelSize> Catalogue::models() const {
  std::vector<ModelSize> models;
  for (const auto& [name, size] : models_) {
    if (name == size.name) models.push_back(size);
  }
  std::sort(models.begin(), models.end(),
            [](const ModelSize& a, const ModelSize& b) { return a.n_params < b.n_params; });
  return models;
}

std::vector<std::string> columns_of(std::span<const Task> tasks, std::span<const Metric> metrics) {
  std::set<std::string> columns;
  for (const Task& task : tasks) {
    for (const Metric metric : metrics) {
      for (const WeightedColumn& column : task.columns(metric)) columns.insert(column.name);
    }
  }
  return {columns.begin(), columns.end()};
}

}  // namespace rung::ladder
