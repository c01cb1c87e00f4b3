#pragma once
/// What lists of entries, one a task and target, have in common.

#include <algorithm>
#include <string>
#include <vector>

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

}  // namespace rung::ladder
