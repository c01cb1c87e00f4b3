#pragma once
/// From several ways of predicting to one prediction.

#include <optional>
#include <span>
#include <vector>

#include "rung/study/ladder/members.hpp"
#include "rung/study/ladder/signal.hpp"

namespace rung::ladder {

/// The members that are put together for a task of this signal. Of a task with a loss of its own:
/// the two-steps through all losses and the single step. Else: the two-steps through validation
/// loss with and without the artificial point, of a weak signal with the law of log accuracy, too;
/// at chance, and without a loss, that alone.
std::vector<Member> members_for(const TaskData& data, Signal signal);

struct Combination {
  std::optional<double> predicted;  // absent where no member predicts
  double spread = 0;                // sample variance of the logits of the members that were kept
  double disagreement = 0;          // the same of all members
  std::size_t n_kept = 0;
  std::vector<bool> left_out{};  // by member: it stands off, and makes up nothing of `predicted`
};

/// The mean of the members but those that stand off: further from the median, in the logit, than
/// three robust standard deviations of the members (at least 0.45). A weak signal is drawn half-way
/// to the law of log accuracy.
Combination combine(const std::vector<Member>& members,
                    std::span<const std::optional<double>> predictions, Signal signal);

/// Log odds, and back. An accuracy of 0 or 1 is a small sample's.
double logit(double p, double least = 1e-3);
double inverse_logit(double z);

/// No nearer to 0 or 1 than half of one of the task's questions.
double task_logit(const Task& task, double accuracy);

}  // namespace rung::ladder
