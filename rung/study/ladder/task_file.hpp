#pragma once
/// A file of tasks, task sets and model sizes as it is written, before anything in it is looked up.
/// docs/tasks.md describes the format.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/study/ladder/metric.hpp"

namespace rung::ladder {

using ColumnNames = std::map<Metric, std::string>;

/// Column names with "{}" where a task's stem goes.
struct PatternEntry {
  Location where;
  ColumnNames columns;
};

struct TaskEntry {
  Location where;
  std::optional<std::string> name, pattern, stem;
  ColumnNames columns;  // beside, or instead of, the pattern's
  std::vector<std::string> average_of;
  std::vector<double> weights;
  std::optional<double> n_examples, n_choices, chance, maximum;
};

struct SetEntry {
  Location where;
  std::vector<std::string> tasks;
};

struct ModelEntry {
  Location where;
  std::vector<std::string> aliases;
  std::optional<double> n_params, flops_per_token, batch_tokens;
};

struct TaskFile {
  std::map<std::string, PatternEntry> patterns;
  std::map<std::string, TaskEntry> tasks;
  std::map<std::string, SetEntry> sets;
  std::map<std::string, ModelEntry> models;

  /// Adds what `other` has. Of an entry in both, the fields that `other` states replace those here;
  /// a set is replaced whole.
  void merge(const TaskFile& other);
};

/// InputError with every problem and its place: what is no TOML, an unknown key (with the nearest),
/// a value of the wrong kind, a count that is not positive.
TaskFile parse_task_file(std::string_view toml, const std::string& source);

}  // namespace rung::ladder
