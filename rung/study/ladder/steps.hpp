#pragma once
/// The two steps of the ladder paper and their chain: task loss from model size and tokens (step
/// 1), task accuracy from task loss (step 2), accuracy of a model that does not exist yet (both).
/// Bhagia et al. 2024, arXiv:2412.04403.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/deletion.hpp"
#include "rung/fit/fitted.hpp"
#include "rung/study/ladder/points.hpp"
#include "rung/study/ladder/wrong_checkpoints.hpp"

namespace rung::ladder {

/// A model to predict for: an eval model of the configuration, or a point that the user names.
struct Target {
  std::string name;
  double n_params = 0;
  double n_tokens = 0;
  std::optional<double> compute_flops;
};

struct TargetPrediction : Prediction {
  Target target;
  bool determined = true;  // no other parameters fit as well and predict another value
};

/// What step 1 is a function of.
enum class Step1Inputs { params_and_tokens, compute };

struct Step1Settings {
  Step1Options points;
  Step1Inputs inputs = Step1Inputs::params_and_tokens;
  /// Accuracy in one step, by a sigmoid of the power law in (N, D); the metric is an accuracy.
  bool single_step = false;
  double huber_delta = 1e-3;
  double level = 0.9;
  /// Fit even where the points can't determine the parameters (compute-error's smallest ladders);
  /// such a fit is not certified.
  bool allow_underdetermined = false;
  /// Whether to look for runs whose value does not belong with the others'.
  bool test_runs = false;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// Losses (bpb, c4, TaskCE) by E + A/N^alpha + B/D^beta with A, B >= 1, accuracies by its negated
/// form, both by the sum of Huber(1e-3) on log residuals; with compute: E + A/C^alpha, alpha in [0,
/// 1].
struct Step1Result {
  Task task;
  Metric metric = Metric::rc_bpb;
  Fitted fitted;
  double fitting_error = 0;  // mean |relative error| over the training points
  std::vector<TargetPrediction> targets;
  std::vector<Step1Point> points;  // training runs, then targets, as in the ladder
  std::optional<Deletions> wrong;  // [training runs], where there was reason to test them
  std::vector<WrongCheckpoint> wrong_checkpoints;  // of a ladder's
  bool at_chance = false;  // accuracies at the runs' ends, which do not say where they rise
  std::vector<std::string> notes;
  Step1Settings settings;
};

/// Fits the training runs among the points and predicts the eval models, and `extra` targets (an
/// extra one with an eval model's name is that model).
Step1Result fit_step1(const Task& task, Step1Points selected, const Step1Settings& settings,
                      const std::vector<Target>& extra = {}, int n_threads = 1);

/// The same with the points selected from a ladder.
Step1Result run_step1(const Ladder& ladder, const Task& task, const Step1Settings& settings,
                      const std::vector<Target>& extra = {}, int n_threads = 1);

/// Each task's, on up to `n_threads` threads (0: all there are). Tasks measured by the same columns
/// share a fit: C4 loss is every task's.
std::vector<Step1Result> run_step1(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step1Settings& settings, const std::vector<Target>& extra,
                                   int n_threads);

/// What step 1's law takes at a model: N and D, or C. InputError where C is needed and not known.
std::vector<double> step1_inputs(Step1Inputs inputs, const Target& target);

/// The fitted curve at one (N, D, C).
double step1_curve(const Step1Result& step1, const Target& at);

/// The fit as other commands predict by it, without the runs; see step2_interval.hpp for step 2's.
inline const Fitted& fit_to_save(const Step1Result& step1) { return step1.fitted; }

struct Step2Settings {
  Step2Options points;
  bool use_log_sigmoid = false;
  /// The level at low loss is fitted: no artificial point.
  bool free_top = false;
  /// Whether to ask if the checkpoints go along with the artificial point (doubt_of_top), which
  /// takes a part of the fit's time; studies that don't show it leave it out.
  bool test_point = true;
  /// Whether targets get intervals, likewise.
  bool intervals = true;
  /// Whether to look for runs whose accuracy does not belong with the others' for their losses, and
  /// whether all of them follow the log-sigmoid.
  bool test_runs = false;
  /// The accuracy at no loss that the artificial point says in place of the task's maximum.
  std::optional<double> point_at{};
  /// The sigmoid runs between the task's chance and its maximum (1 in the published step2_mc), each
  /// held within 0.001, for runs that leave chance too late to say where it is.
  bool fixed_levels = false;
  double level = 0.9;

  bool has_artificial_point() const { return !use_log_sigmoid && !free_top; }
  void validate() const;
};

/// Of a curve that is held to the task's maximum.
struct TopDoubt {
  std::optional<double> rejected_for;  // what the checkpoints bend towards, if they reject it
  std::optional<double> possible;      // the lowest end that they go along with as well

  /// Whether that end is so low that a reader must know of it.
  bool is_wide(double maximum) const { return possible && *possible <= 0.9 * maximum; }
};

/// Accuracy by a / (1 + e^(-k (L - x0))) + b through all checkpoints and the artificial point (0,
/// maximum), without it (free_top), or by the log-sigmoid (without it, too); least squares.
struct Step2Result {
  Task task;
  Fitted fitted;
  double fitting_error = 0;               // mean |relative error| over the training checkpoints
  std::vector<TargetPrediction> targets;  // at the loss that the target really has
  std::vector<Step2Point> points;         // training checkpoints, then targets
  double checkpoint_sd = 0;               // of accuracy, between neighbouring checkpoints
  std::optional<Deletions> wrong;         // [run_ends that train], where there was reason to test
  std::vector<WrongCheckpoint> wrong_checkpoints;  // of a ladder's
  TopDoubt top_doubt;  // run_step2: of the runs and checkpoints that are not off
  /// With fixed_levels and with the log-sigmoid: between which levels the sigmoid runs that the
  /// runs follow instead, where they don't go along with this curve.
  std::optional<ValueRange> free_levels;
  bool at_chance = false;  // the runs' ends: where the curve rises from there they do not say
  /// Whether the curve is not to be trusted where larger models are: the runs reject its end or its
  /// levels, or can't tell it from a lower one and nobody says how many questions they answered.
  bool end_in_doubt() const {
    return free_levels || top_doubt.rejected_for ||
           (top_doubt.is_wide(task.maximum) && !task.n_examples);
  }
  std::vector<std::string> notes;
  Step2Settings settings;
};

/// Fits the training checkpoints among the points and predicts the eval models.
Step2Result fit_step2(const Task& task, Step2Points selected, const Step2Settings& settings);

/// The same with the points selected from a ladder.
Step2Result run_step2(const Ladder& ladder, const Task& task, const Step2Settings& settings);

/// Each task's, on up to `n_threads` threads.
std::vector<Step2Result> run_step2(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step2Settings& settings, int n_threads);

/// Step 2 of one of several configurations.
struct Step2OfConfig {
  std::string path;
  std::vector<Step2Result> results;
};

/// Every result, its task's name followed by its configuration's where there are several:
/// "MMLU, final_7b_only".
std::vector<Step2Result> named_results(const std::vector<Step2OfConfig>& by_config);

/// The fitted curve at a loss.
double step2_curve(const Step2Result& step2, double loss);

/// The delta-method band of the curve's mean at each of the losses, up to the task's maximum, with
/// checkpoints that share their noise within clusters of runs; where it can be known.
std::vector<std::optional<Interval>> step2_band(const Step2Result& step2,
                                                const std::vector<double>& losses);

struct ChainSettings {
  Step1Settings step1;
  Step2Settings step2;
  int n_bootstrap = 2000;  // 0: no intervals
  std::uint64_t seed = 0;
  int n_threads = 0;
  double level = 0.9;

  void validate() const;
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
/// both steps, refits both, and adds a run's own residual to the loss and to the accuracy, the
/// noise between neighbouring checkpoints and the draw of the questions. Where the checkpoints
/// leave doubt about the artificial point it reaches over that of the curve without the point, or
/// with the lower one, too; where step 1 determines no loss there is none. The same numbers for a
/// seed on any number of threads.
std::vector<ChainResult> run_chain(const Ladder& step1_ladder, const Ladder& step2_ladder,
                                   const std::vector<Task>& tasks, const ChainSettings& settings,
                                   const std::vector<Target>& extra = {});

}  // namespace rung::ladder
