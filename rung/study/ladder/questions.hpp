#pragma once
/// What the draw of a benchmark's questions adds to the doubt about an accuracy.

#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// Variance of an accuracy that is predicted, where the best training run reached `best_seen`: of
/// the questions that none of them answered, the share that the predicted model gains is a
/// binomial. The questions are the same for all, so those answered before say nothing new. 0 where
/// the task doesn't say how many questions it has.
double question_variance(const Task& task, double best_seen, double predicted);

}  // namespace rung::ladder
