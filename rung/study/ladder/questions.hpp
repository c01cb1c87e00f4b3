#pragma once
/// What the draw of a benchmark's questions adds to the doubt about an accuracy.

#include <optional>
#include <span>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// Said of a task that does not say how many questions it has.
inline constexpr const char* kUncounted =
    "the number of questions is not known, and intervals leave out their draw: a column TASK_n or "
    "ACCURACY_stderr of RUNS says it, or n_examples in a file of --tasks";

/// Variance of an accuracy that is predicted, where the best training run reached `best_seen`: of
/// the questions that none of them answered, the share that the predicted model gains is a
/// binomial. The questions are the same for all, so those answered before say nothing new. 0 where
/// the task doesn't say how many questions it has.
double question_variance(const Task& task, double best_seen, double predicted);

/// Variance of an accuracy at `loss` on the curve through the runs: they and the target answer the
/// same questions, whose draw leads the curve off the accuracy on them. Where the curve's pulls are
/// not known, as if it went on from the best run. 0 where the task doesn't say how many there are.
double question_variance(const Task& task, const Fitted& curve, double loss, double best_seen);

/// The same of an accuracy on the curve with the accuracies of the points on it and their pulls.
double question_variance(const Task& task, double accuracy, std::span<const double> on_curve,
                         std::span<const double> pulls);

/// The interval of an accuracy that a law of scale predicts from runs that answer the same
/// questions, with their draw: as wide again on each side as sqrt(side^2 + variance z^2). As it is
/// where the task doesn't say how many there are, or the law's pulls are not known.
std::optional<Interval> with_questions(const Task& task, const Fitted& law,
                                       std::span<const double> inputs,
                                       std::optional<Interval> interval);

/// An accuracy on a benchmark's questions, and how many times it counts.
struct Counted {
  double accuracy = 0, times = 0;
};

/// Variance of a sum of accuracies, each as many times as it counts, over draws of one question
/// that all are measured with: a model of accuracy p answers the share p that is easiest. Of n
/// questions it is one n-th. No other way of answering them in which a better model does not fail
/// where a worse one succeeds has more (the law of total variance; docs/ladder.md).
double variance_of_one_question(std::vector<Counted> sum);

/// d prediction / d y of each point of a least-squares fit at one row of inputs, in the fit's
/// residual space: [points]. Absent where the points do not determine the fit.
std::optional<std::vector<double>> pulls(const Fitted& fitted, std::span<const double> inputs);

}  // namespace rung::ladder
