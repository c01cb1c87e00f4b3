#pragma once
/// The ways of predicting a task's accuracy that the combined predictor averages: two-steps through
/// one of four losses by one of two laws, and one step straight from size and data.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// The loss that a two-step goes through.
enum class ThroughLoss {
  task_bpb,  // bits per byte of the right answer
  task_ce,   // cross-entropy over the answers
  c4,        // validation loss, the same for every task
  mean_bpb,  // geometric mean of all tasks' bits per byte, the same for every task
};
inline constexpr std::size_t kThroughLosses = 4;

struct Member {
  std::string name;                    // "task_bpb_nd"
  std::string title;                   // "task bpb, N and D"
  std::optional<ThroughLoss> feature;  // absent: single step
  Step1Inputs inputs = Step1Inputs::params_and_tokens;
};

/// All nine, the published two-step first.
const std::vector<Member>& all_members();

/// Where a run or a target stands.
struct Scale {
  double n_params = 0;
  double n_tokens = 0;
  std::optional<double> compute_flops;
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
  std::array<bool, kThroughLosses> has{};
  bool has_compute = false;  // every run's
};

/// How runs become points: P3's settings, those of the published two-step through bits per byte.
struct MemberSettings {
  std::size_t moving_avg = 5;
  double skip_perc = 0.1;
};

/// What each task's members learn from. `notes` says what the ladder lacks.
std::vector<TaskData> task_data(const Ladder& ladder, const std::vector<Task>& tasks,
                                const MemberSettings& settings, std::vector<std::string>& notes);

/// The members of `all_members` that this ladder can feed.
std::vector<Member> available_members(const TaskData& data);

/// All members fitted to some of a task's training runs.
class FittedMembers {
 public:
  /// `runs` are indices into data.runs. Members whose points cannot be fitted predict nothing.
  FittedMembers(const TaskData& data, const std::vector<Member>& members,
                std::span<const std::size_t> runs);

  /// Accuracy at `at`, one for each member; absent where the member has no fit or no compute.
  std::vector<std::optional<double>> predict(const Scale& at) const;

  /// The same members with each run in turn taken away, refitted from this optimum: [runs].
  std::vector<FittedMembers> leave_one_out() const;

  const std::vector<std::size_t>& runs() const { return runs_; }

 private:
  using Theta = std::vector<double>;

  const TaskData* data_ = nullptr;
  const std::vector<Member>* members_ = nullptr;
  std::vector<std::size_t> runs_;
  /// By member: loss from scale, or accuracy from scale for the single step; empty: no fit.
  std::vector<Theta> from_scale_;
  std::array<Theta, kThroughLosses> from_loss_;
};

/// Plain mean of the members that predict; absent where none does.
std::optional<double> mean_prediction(std::span<const std::optional<double>> members);

/// One member by itself: fitted to `runs`, evaluated at each of `at`.
std::vector<std::optional<double>> predict_member(const TaskData& data, const Member& member,
                                                  std::span<const std::size_t> runs,
                                                  std::span<const Scale> at);

}  // namespace rung::ladder
