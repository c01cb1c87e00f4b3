#pragma once
/// A task's metrics along a ladder's runs.

#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// A metric of a task at every checkpoint: the weighted mean of its columns, with the metric's
/// sign. InputError where an accuracy is no share from 0 to 1.
std::vector<double> series(const Run& run, const Task& task, Metric metric);

/// Whether the task has columns for the metric and every run has these.
bool ladder_has(const Ladder& ladder, const Task& task, Metric metric);

}  // namespace rung::ladder
