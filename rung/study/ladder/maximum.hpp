#pragma once
/// A task's maximum against what its runs score.

#include <string>

#include "rung/core/error.hpp"
#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// What there is to say where a run scores above the task's maximum by no more than a score on its
/// questions varies by chance, the more so the more checkpoints there are; "" where none is above.
/// InputError, at `where` the task is given, where a checkpoint is above by more than that. The
/// metric is an accuracy that the ladder has.
std::string doubt_of_maximum(const Ladder& ladder, const Task& task, Metric metric,
                             const Location& where);

/// Of an accuracy that is predicted below 0 or above the maximum: ", which is no accuracy" or ",
/// above the maximum of 85%"; "" of any other.
std::string beyond_maximum(const Task& task, double predicted);

}  // namespace rung::ladder
