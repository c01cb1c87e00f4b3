#pragma once
/// Extrapolation along one axis: a run's loss at more tokens than it has seen, a model's loss from
/// smaller models at the same tokens.

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/ladder/series.hpp"
#include "rung/study/ladder/wrong_checkpoints.hpp"

namespace rung::ladder {

/// Perplexity of a loss in nats; absent for other metrics.
std::optional<double> perplexity(Metric metric, const std::optional<double>& loss);

/// The tasks that the metric tells apart: C4 loss is the same whatever the task.
std::span<const Task> measured_apart(const std::vector<Task>& tasks, Metric metric);

/// Of the training runs, whichever of their checkpoints count. InputError naming those whose loss
/// is not positive.
std::vector<WrongCheckpoint> wrong_losses_of_runs(const Ladder& ladder, const Task& task,
                                                  Metric metric);

// ---- Along D

struct ExtrapolateDSettings {
  Metric metric = Metric::c4;
  // Windows in steps of the run's batch: the fit sees (train_step_min, train_step_max], the check
  // (train_step_max, eval_step_max]. With neither train_step_max nor final_tokens the fit sees the
  // first half of the tokens, where that holds two checkpoints more than the law has parameters.
  std::optional<double> train_step_min, train_step_max, eval_step_max;
  std::optional<double> outlier_threshold;  // larger losses are left out
  std::optional<double> final_tokens;       // predict here; default: the run's last checkpoint
  /// Takes the learning rate out: B / D^beta + E + F H with H the learning rate over its peak,
  /// Huber(1e-3) on log residuals; else a D^b + c by least squares.
  bool lr_correction = false;
  std::optional<double> final_lr_share;  // H at final_tokens; absent: the last checkpoint's
  double level = 0.9;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// What every prediction beyond a run's end leaves open.
inline constexpr const char* kBeyondEnd =
    "beyond a run's end its own checkpoints go on: where the learning rate decays those inside a "
    "run lie off the curve that the ends of longer runs follow (step1 is fitted to ends)";

struct ExtrapolationPoint {
  double n_tokens = 0;
  double lr_share = 0;  // 0 without the correction
  double y = 0;
  bool in_fit = false;  // else in the check
  double predicted = 0;
};

struct ExtrapolateDResult {
  Task task;
  std::string model, label, file;
  std::string name;  // "1.3B-1xC", as run_name; the file's where several have that
  ExtrapolateDSettings settings;
  Fitted fitted;
  std::vector<ExtrapolationPoint> points;
  double fitting_error = 0;           // mean |relative error| in the fit's window
  std::optional<double> check_error;  // the same in the check's; absent where it is empty
  double final_tokens = 0;
  Prediction at_end;  // at final_tokens; with the run's own last checkpoint, if held back from it
  bool is_beyond_end = false;  // final_tokens, of the run
  /// Of a prediction beyond the run's end: what the first half of its tokens predict for its last
  /// checkpoint, where that has an interval: of 99%, or of the level if that is higher.
  std::optional<Prediction> rehearsal;
  /// Of the same, where the learning rate's decay shows in the other runs: inside_runs().
  std::optional<double> inside_gap;
  bool inside_untested = false;  // beyond the end, where no three pairs of runs could tell
  /// Those of `points`, or the one that is predicted, that stand off the run; run_extrapolate_d's,
  /// which all runs tell.
  std::vector<WrongCheckpoint> wrong_checkpoints;
  std::vector<std::string> notes;

  /// Why not to trust what is predicted; "": no reason. The parameters are not determined, or as
  /// many as the checkpoints; the interval reaches losses below 0; is of checkpoints that lie off
  /// the ends of runs; misses the last checkpoint when it is made from half of the run; misses it
  /// where it is that which is predicted; or reaches less far on either side than the law errs, on
  /// average, at the run's own checkpoints after those fitted.
  std::string interval_doubt() const;
  bool reaches_below_zero() const;
  bool misses_rehearsal() const;
  bool misses_actual() const;
  /// As many parameters as checkpoints: nothing says how far off the fit is.
  bool is_saturated() const;
  /// The checkpoints determine the law: else neither what it predicts nor its errors say anything.
  bool is_determined() const;
  /// The interval reaches less far than the law errs after the fit, and nothing else is said of it.
  bool is_too_narrow() const;

 private:
  double relative_reach() const;  // of at_end's interval
};

/// One run. InputError where a window holds too few checkpoints, where windows in steps are asked
/// for and the run has neither batch_size_in_tokens nor steps, or where the correction lacks the
/// columns optim/learning_rate_group0 and learning_rate_peak.
ExtrapolateDResult extrapolate_d(const Run& run, const Task& task,
                                 const ExtrapolateDSettings& settings);

/// A run that is not fitted on some task, by the name that results have.
struct LeftOutRun {
  std::string name;
  std::string why;  // "the fit's window holds 1 checkpoint, and the law has 3 parameters"
};

/// Every training run on each task; C4 loss, the same whatever the task, on the first. Runs whose
/// window holds too few checkpoints are left out and told in `left_out`, each once. InputError
/// where there is no training run, and where all are left out.
std::vector<ExtrapolateDResult> run_extrapolate_d(const ExtrapolateDSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks,
                                                  std::vector<LeftOutRun>& left_out);

/// Columns that extrapolate_d needs beyond the metric's, and those that it reads where runs have
/// them.
std::vector<std::string> extrapolation_columns(const ExtrapolateDSettings& settings);
std::vector<std::string> extrapolation_optional_columns(const ExtrapolateDSettings& settings);

// ---- Along N

struct ExtrapolateNSettings {
  Metric metric = Metric::c4;
  std::optional<double> n_tokens;  // at this D; absent: at all that checkpoints have
  std::size_t n_grid = 40;         // how many of them at most
  double level = 0.9;

  void validate() const;
};

struct SizePoint {
  std::string model, label;
  Mode mode = Mode::train;
  double n_params = 0;
  double n_tokens = 0;  // of the first checkpoint at D or later
  double y = 0;
};

/// a N^b + c through the training models at one D, by least squares, and the eval models by it.
struct ExtrapolateNAtD {
  double n_tokens = 0;
  std::vector<SizePoint> points;
  std::optional<Fitted> fitted;         // absent where fewer than three sizes reach this D
  struct SizePrediction : Prediction {  // no actual where no checkpoint is near D
    std::string model, label;
    double n_params = 0;
    /// It rests on more than three sizes, and its interval is no wider than all that was measured.
    bool determined = true;
  };
  std::vector<SizePrediction> predictions;
  std::vector<WrongCheckpoint> wrong_checkpoints;  // of the points, those that stand off their runs
  /// With one size more than parameters the points' scatter is known from one number.
  bool scatter_is_of_one_number() const;
};

struct ExtrapolateNResult {
  Task task;
  ExtrapolateNSettings settings;
  std::vector<ExtrapolateNAtD> at;  // by D
  /// Mean |relative error| of the eval models over all D with an actual where they are determined.
  std::optional<double> mean_error;
  std::vector<std::string> notes;
};

/// Of a model with several runs the longest counts. InputError where fewer than three training
/// sizes reach the D asked for, or any.
ExtrapolateNResult extrapolate_n(const Ladder& ladder, const Task& task,
                                 const ExtrapolateNSettings& settings);

/// Each task's; C4 loss, the same whatever the task, the first's.
std::vector<ExtrapolateNResult> run_extrapolate_n(const ExtrapolateNSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks);

}  // namespace rung::ladder
