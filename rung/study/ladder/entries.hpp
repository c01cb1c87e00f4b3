#pragma once
/// What lists of entries, one a task and target, have in common.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/statistics.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// The tasks, in order of first mention.
template <class Entry>
std::vector<Task> tasks_of(const std::vector<Entry>& entries) {
  std::vector<Task> tasks;
  for (const Entry& entry : entries) {
    if (std::none_of(tasks.begin(), tasks.end(),
                     [&](const Task& task) { return task.key == entry.task.key; }))
      tasks.push_back(entry.task);
  }
  return tasks;
}

/// The targets, in order of first mention.
template <class Entry>
std::vector<std::string> targets_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (std::find(names.begin(), names.end(), entry.target) == names.end())
      names.push_back(entry.target);
  }
  return names;
}

/// A mean that is in doubt where one of its values is.
struct DoubtedMean {
  RunningMean mean;
  bool in_doubt = false;
  void add(const std::optional<double>& value, bool doubted) {
    mean.add(value);
    in_doubt = in_doubt || (value && doubted);
  }
};

}  // namespace rung::ladder
