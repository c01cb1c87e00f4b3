#pragma once
/// A task's metrics along a ladder's runs.

#include <string>
#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// A metric of a task at every checkpoint: the weighted mean of its columns, with the metric's
/// sign. InputError where an accuracy is no share from 0 to 1.
std::vector<double> series(const Run& run, const Task& task, Metric metric);

/// Whether the run has a value of the column there.
bool has(const Run& run, const std::string& column, std::size_t row);

/// "step 3600", or by the tokens so far.
std::string checkpoint_name(const Run& run, std::size_t checkpoint);

/// The column that a task's metric is, "mmlu_avg rc_bpb" where it is made of several.
std::string measured_name(const Task& task, Metric metric);

/// InputError naming every checkpoint whose loss is not positive, after the first token.
/// Of accuracies series() says it.
void check_losses(const Run& run, const Task& task, Metric metric);
/// Of the training runs.
void check_losses(const Ladder& ladder, const Task& task, Metric metric);

/// Whether the task has columns for the metric and every run has these.
bool ladder_has(const Ladder& ladder, const Task& task, Metric metric);

}  // namespace rung::ladder
