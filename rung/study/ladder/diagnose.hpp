#pragma once
/// What each run of a ladder does to the predictions, and which runs and tasks to mistrust.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {

struct RunDiagnosis {
  Origin origin;
  Scale scale;
  double actual = 0;                        // accuracy, mean over the last checkpoints
  std::optional<double> predicted;          // by the combined predictor, from all runs
  std::optional<double> predicted_without;  // from all runs but this one
  /// How far the accuracy is off the sigmoid of the loss that the other runs make, in its standard
  /// deviations (DeletionTest::t); of ladders without a loss, off the law of log accuracy. Absent
  /// where the loss is off, and where the others can't say.
  std::optional<double> z;
  std::optional<double> loss;          // that the diagnosis goes by: ThroughLoss::task_bpb or c4
  std::optional<double> loss_without;  // by the law of N and D, from the runs that are not off
  std::optional<double> loss_z;        // as z, of the loss
  /// Hat value in the loss law of N and D (least squares about its fit), in [0, 1]; 1: this run
  /// alone decides a parameter. Absent where the law is not identified.
  std::optional<double> leverage;
  /// Accuracy predicted for each target without this run, less that with it: [targets].
  std::vector<std::optional<double>> influence;
  bool loss_falls_off = false, accuracy_falls_off = false;
  bool either_falls_off = false;  // one of the two, which the runs do not tell
  bool falls_off() const { return loss_falls_off || accuracy_falls_off || either_falls_off; }
  bool has_wrong_checkpoints = false;
  bool high_leverage = false;  // above twice the mean hat value
  bool at_chance = false;      // within two standard errors of guessing
  /// Why the run is to be looked at: "loss off", "at chance"; empty where it is not.
  std::vector<std::string> flags() const;
};

struct TaskDiagnosis {
  Task task;
  std::vector<std::string> targets;
  std::vector<RunDiagnosis> runs;  // training runs in the ladder's order
  std::size_t n_at_chance = 0;
  /// Near which a run is at chance in place of the task's own, by which is predicted: other_chance.
  std::optional<double> other_chance{};
  /// |z| from which an accuracy and a loss are off; infinite where the runs are too few to say, the
  /// latter absent where there is none.
  double threshold = 0;
  std::optional<double> loss_threshold;
  std::vector<WrongCheckpoint> wrong_checkpoints;  // inside the runs
  std::vector<std::string> notes;                  // findings, a sentence each
};

/// Diagnoses every training run for each task. Throws as run_combined does.
std::vector<TaskDiagnosis> diagnose(const Ladder& ladder, const std::vector<Task>& tasks,
                                    const CombinedSettings& settings = {},
                                    const std::vector<Target>& extra = {});

}  // namespace rung::ladder
