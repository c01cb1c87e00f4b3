#pragma once
/// All tasks as one.

#include <string>
#include <vector>

#include "rung/study/decide/evaluations.hpp"

namespace rung::decide {

/// What each task counts in a mean over tasks: those whose names begin with "mmlu_" count as one
/// together. Sums to 1.
std::vector<double> task_weights(const std::vector<std::string>& tasks);

/// The evaluations with one more task of this name, whose values are the weighted means over the
/// tasks: by checkpoint where a run's tasks have the same checkpoints, else at its end.
Evaluations with_mean_task(Evaluations evaluations, const std::string& name);

}  // namespace rung::decide
