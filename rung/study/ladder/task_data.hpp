#pragma once
/// A ladder as the combined predictor's members see it: each task's runs with the losses that they
/// may go through.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/points.hpp"
#include "rung/study/ladder/wrong_checkpoints.hpp"

namespace rung::ladder {

/// The loss that a two-step goes through.
enum class ThroughLoss {
  task_bpb,  // bits per byte of the right answer
  task_ce,   // cross-entropy over the answers
  c4,        // validation loss, on C4 or whatever the runs log, the same for every task
  mean_bpb,  // geometric mean of all tasks' bits per byte, the same for every task
  ability,   // -ln of the mean over the tasks of how far accuracy is from chance to 1, likewise
};
inline constexpr std::size_t kThroughLosses = 5;

constexpr std::size_t index_of(ThroughLoss feature) { return static_cast<std::size_t>(feature); }

/// The metric that a feature is read from; the last two are made of every task's.
Metric metric_of(ThroughLoss feature, const Task& task);

/// Where a run or a target stands.
struct Scale {
  double n_params = 0;
  double n_tokens = 0;
  std::optional<double> compute_flops;

  double compute_by_rule() const { return 6 * n_params * n_tokens; }
  /// 6 N D where the FLOPs are not known.
  double compute_or_rule() const { return compute_flops.value_or(compute_by_rule()); }
};

/// A run of the ladder as the members see it.
struct RunData {
  Origin origin;
  Scale scale;          // at the last checkpoint
  double accuracy = 0;  // mean over the last checkpoints
  std::size_t n_averaged = 0;
  std::optional<double> checkpoint_sd;  // of accuracy, between the last checkpoints
  /// Loss by feature at the end, as `accuracy`; and at every checkpoint that step 2 uses. NaN and
  /// empty where the ladder lacks the feature.
  std::array<double, kThroughLosses> loss{};
  std::array<std::vector<double>, kThroughLosses> losses;
  std::vector<double> accuracies;  // as `losses`
};

/// One task's training runs, in the ladder's order, and its targets.
struct TaskData {
  Task task;
  std::vector<RunData> runs;
  std::vector<RunData> targets;
  /// Of accuracy and the losses that are the task's own columns.
  std::vector<WrongCheckpoint> wrong_checkpoints;
  std::array<bool, kThroughLosses> has{};
  bool has_compute = false;  // every run's
  /// More than one of each among the training runs: else a law in N and D has a term too many.
  bool has_sizes_and_lengths = false;

  bool has_own_loss() const {
    return has[index_of(ThroughLoss::task_bpb)] || has[index_of(ThroughLoss::task_ce)];
  }
  /// A loss of the task's own, or the validation loss.
  bool has_any_loss() const { return has_own_loss() || has[index_of(ThroughLoss::c4)]; }
};

/// How runs become points: P3's settings, those of the published two-step through bits per byte.
struct MemberSettings {
  std::size_t moving_avg = 5;  // or fewer: a quarter of a training run's checkpoints at most
  double skip_perc = 0.1;
};

/// The same with averages within_runs(), and of tasks without a loss of their own with the second
/// half of each run alone: a curve through all of them follows the early checkpoints, which are the
/// most and say the least of where it goes (docs/predictor.md).
MemberSettings settings_for(const Ladder& ladder, const std::vector<Task>& tasks,
                            MemberSettings settings);

/// What each task's members learn from, with settings_for(ladder, tasks, wanted). `notes` says what
/// the points leave out.
std::vector<TaskData> task_data(const Ladder& ladder, const std::vector<Task>& tasks,
                                const MemberSettings& wanted, std::vector<std::string>& notes);

}  // namespace rung::ladder
