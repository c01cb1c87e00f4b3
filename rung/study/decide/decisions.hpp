#pragma once
/// What a method says of the recipes on a task, with what the runs' noise leaves open.

#include "rung/study/decide/scores.hpp"

namespace rung::decide {

/// `score`: the method's on the task, whose index is `task`.
Decision decide_task(const Comparison& comparison, std::size_t task, const Score& score,
                     double level);

}  // namespace rung::decide
