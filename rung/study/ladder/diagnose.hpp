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
  /// logit(actual) - logit(predicted_without), in robust standard deviations (1.4826 MAD) of the
  /// task's runs.
  std::optional<double> z;
  /// Hat value in the loss law of N and D (least squares about its fit), in [0, 1]; 1: this run
  /// alone decides a parameter. Absent where the law is not identified.
  std::optional<double> leverage;
  /// Accuracy predicted for each target without this run, less that with it: [targets].
  std::vector<std::optional<double>> influence;
  bool falls_off = false;      // |z| above kOutlierZ
  bool high_leverage = false;  // above twice the mean hat value
  bool at_chance = false;      // within two standard errors of guessing
};

/// Iglewicz and Hoaglin 1993: modified z-scores above this are potential outliers.
inline constexpr double kOutlierZ = 3.5;

struct TaskDiagnosis {
  Task task;
  std::vector<std::string> targets;
  std::vector<RunDiagnosis> runs;  // training runs in the ladder's order
  std::size_t n_at_chance = 0;
  std::vector<std::string> notes;  // findings, a sentence each
};

/// Diagnoses every training run for each task. Throws as run_combined does.
std::vector<TaskDiagnosis> diagnose(const Ladder& ladder, const std::vector<Task>& tasks,
                                    const CombinedSettings& settings = {},
                                    const std::vector<Target>& extra = {});

}  // namespace rung::ladder
