#pragma once
/// The two steps of the ladder paper and their chain: task loss from model size and tokens (step
/// 1), task accuracy from task loss (step 2), accuracy of a model that does not exist yet (both).
/// Bhagia et al. 2024, arXiv:2412.04403.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/study/ladder/points.hpp"

namespace rung::ladder {

/// A model to predict for: an eval model of the configuration, or a point that the user names.
struct Target {
  std::string name;
  double n_params = 0;
  double n_tokens = 0;
  std::optional<double> compute_flops;
};

struct TargetPrediction {
  Target target;
  std::optional<double> actual;     // absent for a model that does not exist yet
  std::optional<double> predicted;  // absent where the fit failed or gives no finite number
  std::optional<Interval> interval;

  /// predicted / actual - 1.
  std::optional<double> relative_error() const;
};

/// What step 1 is a function of.
enum class Step1Inputs { params_and_tokens, compute };

struct Step1Settings {
  Step1Options points;
  Step1Inputs inputs = Step1Inputs::params_and_tokens;
  /// Accuracy in one step, by a sigmoid of the power law in (N, D); the metric is an accuracy.
  bool single_step = false;
  double huber_delta = 1e-3;
  double level = 0.95;
  /// Fit even where the points can't determine the parameters (compute-error's smallest ladders);
  /// such a fit is not certified.
  bool allow_underdetermined = false;
};

/// Losses (bpb, c4, TaskCE) by E + A/N^alpha + B/D^beta with A, B >= 1, accuracies by its negated
/// form, both by the sum of Huber(1e-3) on log residuals; with compute: E + A/C^alpha, alpha in [0,
/// 1].
struct Step1Result {
  Task task;
  Metric metric = Metric::rc_bpb;
  Fit fit;
  double fitting_error = 0;  // mean |relative error| over the training points
  std::vector<TargetPrediction> targets;
  std::vector<Step1Point> points;  // training runs, then targets, as in the ladder
  std::vector<std::string> notes;
  Step1Settings settings;
};

/// The eval models of the ladder, and `extra` targets (an extra one with an eval model's name is
/// that model).
Step1Result run_step1(const Ladder& ladder, const Task& task, const Step1Settings& settings,
                      const std::vector<Target>& extra = {}, int n_threads = 1);

/// Each task's, on up to `n_threads` threads (0: all there are). Tasks measured by the same columns
/// share a fit: C4 loss is every task's.
std::vector<Step1Result> run_step1(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step1Settings& settings, const std::vector<Target>& extra,
                                   int n_threads);

/// What step 1's law takes at a model: N and D, or C. InputError where C is needed and not known.
std::vector<double> step1_inputs(const Step1Settings& settings, const Target& target);

/// The training runs as step 1's fit sees them, and how it fits them.
Points step1_train_points(const Step1Settings& settings, const std::vector<Step1Point>& points);
FitProblem step1_problem(const Step1Settings& settings, const Points& points);

/// One more prediction of a fitted step 1 with its interval for an observation (delta method).
TargetPrediction predict_step1(const Step1Result& step1, const Target& target);

/// The fitted curve at one (N, D, C).
double step1_curve(const Step1Result& step1, const Target& at);

struct Step2Settings {
  Step2Options points;
  bool use_log_sigmoid = false;
  /// The sigmoid runs between the task's chance and 1, each held within 0.001, for runs that leave
  /// chance too late to say where it is (the published step2_mc).
  bool fixed_levels = false;
  double level = 0.95;
};

/// Accuracy by a / (1 + e^(-k (L - x0))) + b through all checkpoints and the artificial point (0,
/// maximum), or by the log-sigmoid (without that point); least squares.
struct Step2Result {
  Task task;
  Fit fit;
  double fitting_error = 0;               // mean |relative error| over the training checkpoints
  std::vector<TargetPrediction> targets;  // at the loss that the target really has
  std::vector<Step2Point> points;         // training checkpoints, then targets
  std::vector<std::string> notes;
  Step2Settings settings;
};

Step2Result run_step2(const Ladder& ladder, const Task& task, const Step2Settings& settings);

/// Each task's, on up to `n_threads` threads.
std::vector<Step2Result> run_step2(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step2Settings& settings, int n_threads);

/// The fitted curve at a loss.
double step2_curve(const Step2Result& step2, double loss);

/// The delta-method band of the curve's mean at each of the losses, where it can be known.
std::vector<std::optional<Interval>> step2_band(const Step2Result& step2,
                                                const std::vector<double>& losses);

struct ChainSettings {
  Step1Settings step1;
  Step2Settings step2;
  int n_bootstrap = 2000;  // 0: no intervals
  std::uint64_t seed = 0;
  int n_threads = 0;
  double level = 0.95;
};

struct ChainResult {
  Task task;
  Step1Result step1;
  Step2Result step2;
  std::vector<TargetPrediction> targets;  // accuracy at the predicted loss
  std::vector<std::string> notes;
};

/// Step 1 and step 2 chained for each task. Step 2 may be fitted on another ladder. The interval of
/// a chained prediction is a bootstrap over runs: each replicate draws the training runs anew for
/// both steps, refits both, and adds a run's own residual to the loss and to the accuracy and the
/// noise between neighbouring checkpoints. The same numbers for a seed on any number of threads.
std::vector<ChainResult> run_chain(const Ladder& step1_ladder, const Ladder& step2_ladder,
                                   const std::vector<Task>& tasks, const ChainSettings& settings,
                                   const std::vector<Target>& extra = {});

}  // namespace rung::ladder
