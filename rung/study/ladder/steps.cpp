#include "rung/study/ladder/steps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/units.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/fit/unchecked.hpp"
#include "rung/study/ladder/artificial_point.hpp"
#include "rung/study/ladder/chained.hpp"
#include "rung/study/ladder/held_levels.hpp"
#include "rung/study/ladder/questions.hpp"
#include "rung/study/ladder/signal.hpp"
#include "rung/study/ladder/single_step_starts.hpp"
#include "rung/study/ladder/step2_interval.hpp"
#include "rung/study/ladder/without_off.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

const Law& step1_law(const Step1Settings& settings) {
  if (settings.single_step) return find_law("single-step");
  const bool accuracy = is_accuracy(settings.points.metric);
  if (settings.inputs == Step1Inputs::params_and_tokens)
    return find_law(accuracy ? "chinchilla-negated" : "chinchilla");
  return find_law(accuracy ? "compute-power-negated" : "compute-power");
}

FitOptions step1_options(const Step1Settings& settings) {
  FitOptions options{.loss = Loss::huber(settings.huber_delta),
                     .residual = Residual::log,
                     .level = settings.level,
                     .allow_underdetermined = settings.allow_underdetermined};
  // The published bounds: the logarithms a and b are not negative.
  options.constraints = {{.parameter = "A", .lower = 1}};
  if (settings.inputs == Step1Inputs::params_and_tokens)
    options.constraints.push_back({.parameter = "B", .lower = 1});
  return options;
}

Target target_of(const Step1Point& point) {
  return {point.origin.model, point.n_params, point.n_tokens, point.compute_flops};
}

/// E + A/N^alpha + B/D^beta takes three sizes and three lengths to tell its terms apart, and five
/// points.
bool can_identify(const Step1Settings& settings, const std::vector<Step1Point>& points) {
  std::set<double> sizes, tokens;
  std::size_t n = 0;
  for (const Step1Point& point : points) {
    if (point.origin.mode != Mode::train) continue;
    sizes.insert(point.n_params);
    tokens.insert(point.n_tokens);
    ++n;
  }
  if (settings.inputs == Step1Inputs::compute) return n >= 3;
  return n >= 5 && sizes.size() >= 3 && tokens.size() >= 3;
}

/// The fit takes logarithms: every training run must end above 0, or with an accuracy.
void check_positive(const Step1Result& result) {
  std::vector<Problem> problems;
  for (const Step1Point& point : result.points) {
    if (point.origin.mode != Mode::train || point.y > 0 || is_accuracy(result.metric)) continue;
    problems.push_back({{point.origin.file},
                        "task '" + result.task.key +
                            "': " + std::string(metric_name(result.metric)) + " ends at " +
                            shortest(point.y) + ", and its logarithm is fitted",
                        "is it the right column?"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// Mean |f / y - 1| over the first n points.
double mean_relative_error(const Fitted& fitted, std::size_t n) {
  const std::vector<double> f = fitted.predict(*fitted.points);
  RunningMean error;
  for (std::size_t i = 0; i < n; ++i) error.add(std::abs(f[i] / fitted.points->y(i) - 1));
  return error.value().value_or(0);
}

/// The training runs as step 1's law sees them.
Points step1_train_points(const Step1Result& result) {
  std::vector<const Step1Point*> train;
  for (const Step1Point& point : result.points) {
    if (point.origin.mode == Mode::train) train.push_back(&point);
  }
  const Step1Inputs inputs = result.settings.inputs;
  Points points(inputs == Step1Inputs::params_and_tokens ? 2 : 1, train.size());
  for (std::size_t i = 0; i < train.size(); ++i) {
    const double y = train[i]->y;
    points.set(i, step1_inputs(inputs, target_of(*train[i])),
               is_accuracy(result.metric) ? result.task.above_zero(y) : y);
  }
  return points;
}

constexpr const char* kNoFitError =
    "no fit error: it is a share of the accuracy, which is 0 at some checkpoint";

/// As where an accuracy is 0.
bool any_at_zero(const Step1Result& result) {
  return std::any_of(result.points.begin(), result.points.end(), [](const Step1Point& point) {
    return point.origin.mode == Mode::train && !(point.y > 0);
  });
}

/// The step-2 fit's points: training checkpoints, and where there is one the artificial (0,
/// maximum) at the end.
Points step2_train_points(const Step2Settings& settings, const Task& task,
                          const std::vector<Step2Point>& all) {
  std::vector<const Step2Point*> train;
  for (const Step2Point& point : all) {
    if (point.origin.mode == Mode::train) train.push_back(&point);
  }
  const std::size_t n = train.size() + (settings.has_artificial_point() ? 1 : 0);
  Points points(1, n);
  for (std::size_t i = 0; i < train.size(); ++i)
    points.set(i, std::vector{train[i]->x}, train[i]->y);
  if (settings.has_artificial_point())
    points.set(train.size(), std::vector{0.0}, settings.point_at.value_or(task.maximum));
  return points;
}

const Law& step2_law(const Step2Settings& settings) {
  return find_law(settings.use_log_sigmoid ? "log-sigmoid" : "sigmoid");
}

std::vector<Constraint> step2_constraints(const Step2Settings& settings, const Task& task) {
  constexpr double kPlay = 1e-3;
  if (settings.use_log_sigmoid) return {};
  const double top = task.maximum;
  if (!settings.fixed_levels && top == 1) return {};  // the law's own bound
  if (!settings.fixed_levels) return {{.parameter = "b", .upper = top}};
  return {{.parameter = "a",
           .lower = task.chance - top,
           .upper = std::min(0.0, task.chance - top + kPlay)},
          {.parameter = "b", .lower = top - kPlay, .upper = top}};
}

/// An accuracy lies between 0 and the maximum, and so does what is said of it.
Prediction in_range(Prediction prediction, const Task& task, Metric metric) {
  if (is_accuracy(metric) && prediction.interval) {
    prediction.interval->lower = std::clamp(prediction.interval->lower, 0.0, task.maximum);
    prediction.interval->upper = std::clamp(prediction.interval->upper, 0.0, task.maximum);
  }
  return prediction;
}

/// One more run is what is predicted, so that its noise is in the interval.
Fitted fitted_step(const Law& law, Points points, FitOptions options, const Task& task) {
  Fitted fitted(law, std::move(points), std::move(options));
  fitted.label = task.key;
  fitted.interval_for = IntervalFor::observation;
  return fitted;
}

/// Whether the training runs' ends do not say where their accuracy rises.
template <class Point>
bool are_at_chance(const Task& task, Metric metric, const std::vector<Point>& ends) {
  if (!is_accuracy(metric)) return false;
  std::vector<double> compute, accuracies;
  for (const Point& end : ends) {
    if (end.origin.mode != Mode::train) continue;
    const std::optional<double> n = end.n_params, d = end.n_tokens;
    compute.push_back(end.compute_flops ? *end.compute_flops : training_flops(*n, *d));
    accuracies.push_back(end.y);
  }
  return accuracies.size() > 2 && signal_of(task, compute, accuracies).signal == Signal::at_chance;
}

}  // namespace

std::vector<double> step1_inputs(Step1Inputs inputs, const Target& target) {
  if (inputs == Step1Inputs::params_and_tokens) return {target.n_params, target.n_tokens};
  if (!target.compute_flops) {
    throw InputError("the FLOPs per token of '" + target.name +
                         "' are not known, and a law in compute needs them",
                     "add \"flops\" to its entry in the configuration, or the model to a file for "
                     "--tasks");
  }
  return {*target.compute_flops};
}

TargetPrediction predict_step1(const Step1Result& step1, const Target& target) {
  if (step1.fitted.fit.status == Status::failed) return {{}, target};
  const std::vector<double> inputs = step1_inputs(step1.settings.inputs, target);
  Prediction prediction = unchecked_prediction(step1.fitted, inputs);
  if (is_accuracy(step1.metric))
    prediction.interval =
        with_questions(step1.task, step1.fitted, inputs, std::move(prediction.interval));
  return {in_range(std::move(prediction), step1.task, step1.metric), target,
          step1.fitted.fit.identified && !one_value(step1.points)};
}

Step1Result fit_step1(const Task& task, Step1Points selected, const Step1Settings& settings,
                      const std::vector<Target>& extra, int n_threads) {
  Step1Result result{.task = task, .metric = settings.points.metric, .settings = settings};
  result.points = std::move(selected.points);
  result.notes = std::move(selected.notes);
  Points points = step1_train_points(result);
  if (points.size() == 0) throw InputError("task '" + task.key + "' has no training run to fit");
  check_positive(result);
  FitOptions options = step1_options(settings);
  options.n_threads = n_threads;
  options.certify = !settings.allow_underdetermined || can_identify(settings, result.points);
  if (settings.single_step) {
    if (task.maximum < 1) options.constraints.push_back({.parameter = "q", .upper = task.maximum});
    options.extra_starts = single_step_starts(points, task.maximum);
  }
  result.fitted = fitted_step(step1_law(settings), std::move(points), std::move(options), task);
  result.fitting_error = mean_relative_error(result.fitted, result.fitted.points->size());
  if (any_at_zero(result)) {
    result.fitting_error = kNaN;
    result.notes.emplace_back(kNoFitError);
  }
  result.at_chance = are_at_chance(task, result.metric, result.points);
  if (is_accuracy(result.metric) && !task.n_examples) result.notes.emplace_back(kUncounted);
  if (settings.test_runs) result.wrong = suspicious_values(result);
  for (const Step1Point& point : result.points) {
    if (point.origin.mode != Mode::eval) continue;
    result.targets.push_back(predict_step1(result, target_of(point)));
    result.targets.back().actual = point.y;
  }
  for (const Target& target : extra) {
    const bool known = std::any_of(
        result.targets.begin(), result.targets.end(),
        [&](const TargetPrediction& other) { return other.target.name == target.name; });
    if (!known) result.targets.push_back(predict_step1(result, target));
  }
  return result;
}

Step1Result run_step1(const Ladder& ladder, const Task& task, const Step1Settings& settings,
                      const std::vector<Target>& extra, int n_threads) {
  settings.validate();
  Step1Result result =
      fit_step1(task, step1_points(ladder, task, settings.points), settings, extra, n_threads);
  result.wrong_checkpoints = wrong_checkpoints(ladder, task, settings.points);
  return result;
}

std::vector<Step1Result> run_step1(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step1Settings& settings, const std::vector<Target>& extra,
                                   int n_threads) {
  const auto metric = static_cast<std::size_t>(settings.points.metric);
  std::vector<std::size_t> first_alike;  // of each task
  for (const Task& task : tasks) {
    const auto alike = std::find_if(tasks.begin(), tasks.end(), [&](const Task& other) {
      return other.columns_by_metric[metric] == task.columns_by_metric[metric];
    });
    first_alike.push_back(static_cast<std::size_t>(alike - tasks.begin()));
  }
  std::vector<Step1Result> results(tasks.size());
  parallel_for(tasks.size(), n_threads, [&](std::size_t t) {
    if (first_alike[t] == t) results[t] = run_step1(ladder, tasks[t], settings, extra, n_threads);
  });
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (first_alike[t] == t) continue;
    results[t] = results[first_alike[t]];
    results[t].task = tasks[t];
    results[t].fitted.label = tasks[t].key;
  }
  return results;
}

double step1_curve(const Step1Result& step1, const Target& at) {
  return step1.fitted.predict(step1_inputs(step1.settings.inputs, at));
}

namespace {

/// Of the eval models, at the loss that they really have.
void predict_step2(Step2Result& result) {
  std::optional<Step2Intervals> intervals;
  const bool is_fitted = result.fitted.fit.status != Status::failed;
  const bool is_determined = !one_value(result.points);
  if (is_fitted && is_determined && result.settings.intervals) intervals.emplace(result);
  for (const Step2Point& point : result.points) {
    if (point.origin.mode != Mode::eval) continue;
    TargetPrediction target{{.actual = point.y},
                            {point.origin.model, point.n_params.value_or(0),
                             point.n_tokens.value_or(0), point.compute_flops},
                            is_determined};
    const double accuracy = is_fitted ? step2_curve(result, point.x) : NAN;
    if (std::isfinite(accuracy)) target.predicted = accuracy;
    if (target.predicted && intervals) target.interval = intervals->at(point.x);
    result.targets.push_back(std::move(target));
  }
}

/// All but the predictions.
Step2Result curve_of(const Task& task, Step2Points selected, const Step2Settings& settings) {
  Step2Result result{.task = task, .settings = settings};
  result.points = std::move(selected.points);
  result.notes = std::move(selected.notes);
  result.checkpoint_sd = selected.checkpoint_sd;
  Points points = step2_train_points(settings, task, result.points);
  const std::size_t n_train = points.size() - (settings.has_artificial_point() ? 1 : 0);
  if (n_train == 0) throw InputError("task '" + task.key + "' has no training checkpoint to fit");
  result.fitted = fitted_step(
      step2_law(settings), std::move(points),
      {.constraints = step2_constraints(settings, task), .level = settings.level}, task);
  result.fitting_error = mean_relative_error(result.fitted, n_train);
  if (settings.test_runs) result.wrong = suspicious_accuracies(result);
  result.top_doubt = selected.single.empty()
                         ? doubt_of_top(result)
                         : curve_of(task, {std::move(selected.single)}, settings).top_doubt;
  if (settings.use_log_sigmoid ? settings.test_runs
                               : settings.fixed_levels && settings.test_point) {
    const Step2Result free = with_free_levels(result);
    if (settings.fixed_levels) result.top_doubt = free.top_doubt;
    result.free_levels = levels_preferred(result, free);
  }
  result.at_chance = are_at_chance(task, settings.points.y_metric, run_ends(result));
  if (result.fitted.fit.status != Status::failed && !std::isfinite(result.fitting_error))
    result.notes.emplace_back(kNoFitError);
  if (!task.n_examples) result.notes.emplace_back(kUncounted);
  return result;
}

}  // namespace

Step2Result fit_step2(const Task& task, Step2Points selected, const Step2Settings& settings) {
  Step2Result result = curve_of(task, std::move(selected), settings);
  predict_step2(result);
  return result;
}

Step2Result run_step2(const Ladder& ladder, const Task& task, const Step2Settings& settings) {
  settings.validate();
  Step2Result result = curve_of(task, step2_points(ladder, task, settings.points), settings);
  result.wrong_checkpoints = wrong_checkpoints(ladder, task, settings.points);
  std::set<std::size_t> off;
  for (const WrongRun& run : wrong_runs(result)) off.insert(run.origin.run);
  if (!off.empty() || !result.wrong_checkpoints.empty())
    result.top_doubt = doubt_of_top_without(ladder, task, settings, off, result.wrong_checkpoints);
  predict_step2(result);
  return result;
}

std::vector<Step2Result> run_step2(const Ladder& ladder, const std::vector<Task>& tasks,
                                   const Step2Settings& settings, int n_threads) {
  std::vector<Step2Result> results(tasks.size());
  parallel_for(tasks.size(), n_threads,
               [&](std::size_t t) { results[t] = run_step2(ladder, tasks[t], settings); });
  return results;
}

std::vector<Step2Result> named_results(const std::vector<Step2OfConfig>& by_config) {
  std::vector<Step2Result> results;
  for (const Step2OfConfig& config : by_config) {
    const std::string name = std::filesystem::path(config.path).stem().string();
    for (const Step2Result& result : config.results) {
      results.push_back(result);
      if (by_config.size() > 1) results.back().task.name += ", " + name;
    }
  }
  return results;
}

double step2_curve(const Step2Result& step2, double loss) {
  return step2.fitted.predict(std::array{loss});
}

std::vector<std::optional<Interval>> step2_band(const Step2Result& step2,
                                                const std::vector<double>& losses) {
  Points at(1, losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i) at.set(i, std::array{losses[i]}, 1);
  Fitted mean = by_clusters(step2);
  mean.interval_for = IntervalFor::mean;
  std::vector<std::optional<Interval>> band = mean.intervals(at);
  for (std::optional<Interval>& of : band) {
    if (of) of->upper = std::min(of->upper, step2.task.maximum);
  }
  return band;
}

}  // namespace rung::ladder
