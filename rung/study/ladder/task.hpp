#pragma once
/// Tasks, sets of tasks and model sizes: data in rung/study/ladder/tasks/*.toml and in files of the
/// user's own.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/metric.hpp"
#include "rung/study/ladder/task_file.hpp"

namespace rung::ladder {

/// A column of a ladder run and what it weighs in an average.
struct WeightedColumn {
  std::string name;
  double weight = 1;

  bool operator==(const WeightedColumn&) const = default;
};

struct Task {
  std::string key;   // "mmlu_avg_test_5shot"
  std::string name;  // "MMLU"
  std::array<std::vector<WeightedColumn>, kMetrics.size()>
      columns_by_metric;  // empty: not measured
  /// Of an average that says none: as many as one benchmark would need to err as much.
  std::optional<double> n_examples;
  double chance = 0.25;            // accuracy of a guess; of an average the mean of its parts'
  bool chance_is_assumed = false;  // nobody says it, of it or of a part
  double maximum = 1;              // accuracy that nothing passes
  std::string maximum_doubt{};     // where a run passes it, maybe by chance: in words

  bool has(Metric metric) const {
    return !columns_by_metric[static_cast<std::size_t>(metric)].empty();
  }
  bool has_columns() const {
    return std::any_of(columns_by_metric.begin(), columns_by_metric.end(),
                       [](const auto& columns) { return !columns.empty(); });
  }

  /// For laws that take an accuracy's logarithm: none answered counts as half a question.
  double above_zero(double accuracy) const {
    return std::max(accuracy, n_examples ? 0.5 / *n_examples : 1e-3);
  }

  /// The metric is the weighted mean of these columns (times stored_sign). InputError where the
  /// task has none.
  const std::vector<WeightedColumn>& columns(Metric metric) const;
};

struct ModelSize {
  std::string name;     // "1.3B"
  double n_params = 0;  // without the embedding
  double flops_per_token = 0;
  std::optional<double> batch_tokens;
};

class Catalogue {
 public:
  /// What Rung brings along.
  static Catalogue embedded();

  /// Merges a file of the user's own over what is here; `source` is its name in errors. InputError
  /// with every problem and its place; the catalogue then stays as it was. Tasks `of_logged_runs`
  /// need no columns there, which the command line names.
  void add_text(std::string_view toml, const std::string& source, bool of_logged_runs = false);

  /// InputError with the nearest names when there is no such task.
  const Task& task(const std::string& key) const;

  /// The tasks that `keys` name, each a task or a set, in that order, none twice. InputError with
  /// every unknown name, or when no name is given.
  std::vector<Task> select(std::span<const std::string> keys) const;

  /// By name or alias, up to the first "-" ("7B-4T" is a "7B"); null when there is none.
  const ModelSize* model(const std::string& name) const;

  const std::map<std::string, Task>& tasks() const { return tasks_; }
  /// The tasks of which a file that was added says something.
  const std::set<std::string>& added() const { return added_; }
  /// Where an entry of that name begins; not known where there is none.
  Location where(const std::string& key) const;
  std::map<std::string, std::vector<std::string>> sets() const;
  std::vector<ModelSize> models() const;  // by n_params

 private:
  void merge(const TaskFile& other, bool of_logged_runs = false);

  TaskFile file_;
  std::map<std::string, Task> tasks_;
  std::set<std::string> added_;
  std::map<std::string, ModelSize> models_;  // by name and by alias
};

/// Every column that some metric of some task needs, each once.
std::vector<std::string> columns_of(std::span<const Task> tasks, std::span<const Metric> metrics);

}  // namespace rung::ladder
