#pragma once
/// The ways from small runs to a big model's accuracy, side by side: which intermediate feature
/// predicts best.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// Checkpoints that the published predictions average over.
inline constexpr std::size_t kPublishedAverage = 5;

/// A way to predict with the settings that it was published with.
struct Feature {
  std::string name;   // "rc_bpb", "loss", "c4", "rc_soft_log", "flops", "single_step"
  std::string title;  // "Task loss"
  Metric through = Metric::rc_bpb;
  std::size_t moving_avg = kPublishedAverage;
  double skip_perc = 0.1;
  bool use_log_sigmoid = false;
  bool in_compute = false;   // step 1 in training FLOPs alone
  bool single_step = false;  // accuracy from (N, D) directly
};
const std::vector<Feature>& features();
/// The one of two steps in N and D.
const Feature& feature_through(Metric loss);

/// The chain's settings for a feature of two steps.
ChainSettings chain_settings(const Feature& feature, Metric accuracy);
/// Step 1's settings for the single step.
Step1Settings single_step_settings(const Feature& feature, Metric accuracy);

/// What one way predicts of a task.
struct TaskPredictions {
  std::vector<TargetPrediction> targets;
  /// A fit behind it is not certified, or the runs don't identify it, or there are the following.
  bool in_doubt = false;
  std::vector<WrongCheckpoint> wrong_checkpoints;
};
std::vector<TaskPredictions> predictions_of(std::vector<ChainResult> chains);
/// What there is to say of the checkpoints that stand off their own runs, each once.
std::vector<std::string> notes_of_checkpoints(const std::vector<TaskPredictions>& predictions);
/// What is predicted by a feature: this metric of the ladder's eval models and of further targets.
struct Asked {
  Metric accuracy = Metric::rc_acc;
  int n_threads = 0;
  std::vector<Target> extra{};
};
/// By a feature, for each of the tasks; averages go over a quarter of a run at most
/// (within_runs()).
std::vector<TaskPredictions> predictions_by(const Feature& feature, const Ladder& ladder,
                                            const std::vector<Task>& tasks, const Asked& asked);
/// What there is to say where runs are too short for that.
std::optional<std::string> note_of_average(const Ladder& ladder,
                                           std::size_t moving_avg = kPublishedAverage);

struct Comparison : Prediction {
  Task task;
  std::string target;
  std::string feature;
  bool in_doubt = false;  // see TaskPredictions

  /// |predicted - actual|, a share.
  std::optional<double> absolute_error() const;
};

/// Every feature at every eval model, by task, then target, then feature; features that need what
/// the runs do not have (FLOPs per token) leave a note. `loss`: what FLOPs alone go through.
/// InputError where there is no eval model.
struct ComparisonResult {
  std::vector<Comparison> entries;
  std::vector<std::string> notes;
};
ComparisonResult run_comparison(const Ladder& ladder, const std::vector<Task>& tasks,
                                Metric accuracy, Metric loss = Metric::rc_bpb, int n_threads = 0);

}  // namespace rung::ladder
