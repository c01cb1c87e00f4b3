#include "rung/study/ladder/extrapolate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <span>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/unchecked.hpp"

namespace rung::ladder {
namespace {

constexpr const char* kBatchColumn = "batch_size_in_tokens";
constexpr const char* kRateColumn = "optim/learning_rate_group0";
constexpr const char* kPeakColumn = "learning_rate_peak";

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> magnitude(const std::optional<double>& value) {
  return value ? std::optional(std::abs(*value)) : std::nullopt;
}

/// C4 loss is the same whatever the task.
std::span<const Task> measured_apart(const std::vector<Task>& tasks, Metric metric) {
  return std::span(tasks).first(metric == Metric::c4 ? 1 : tasks.size());
}

// ---- Along D

/// A column that the settings ask for. Runs as they were logged keep none but their scores.
const std::vector<double>& column_for(const Run& run, const char* column, const char* options) {
  const auto found = run.metrics.find(column);
  if (found != run.metrics.end()) return found->second;
  throw InputError(std::string(options) + ": run '" + run.model + "' has no " + column,
                   "runs of a configuration (-c) have it where their files do");
}

/// The checkpoints of both windows.
std::vector<ExtrapolationPoint> windows(const Run& run, const Task& task,
                                        const ExtrapolateDSettings& settings) {
  check_losses(run, task, settings.metric);
  const std::vector<double> y = series(run, task, settings.metric);
  const bool in_steps =
      settings.train_step_min || settings.train_step_max || settings.eval_step_max;
  const std::vector<double>* batch =
      in_steps
          ? &column_for(run, kBatchColumn, "--train_step_min, --train_step_max, --eval_step_max")
          : nullptr;
  std::vector<ExtrapolationPoint> points;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double d = run.n_tokens[i];
    const auto beyond = [&](const std::optional<double>& step) {
      return step && d > *step * (*batch)[i];
    };
    if (!(d > 0)) continue;  // the laws take logarithms of D
    if (settings.outlier_threshold && y[i] > *settings.outlier_threshold) continue;
    if (settings.train_step_min && !beyond(settings.train_step_min)) continue;
    const bool in_fit = !beyond(settings.train_step_max);
    if (!in_fit && beyond(settings.eval_step_max)) continue;
    ExtrapolationPoint& point = points.emplace_back();
    point.n_tokens = d;
    point.y = y[i];
    point.in_fit = in_fit;
    if (settings.lr_correction)
      point.lr_share = column_for(run, kRateColumn, "--lr_correction")[i] /
                       column_for(run, kPeakColumn, "--lr_correction")[i];
  }
  return points;
}

std::vector<double> inputs_of(const ExtrapolateDSettings& settings, double n_tokens,
                              double lr_share) {
  if (settings.lr_correction) return {n_tokens, lr_share};
  return {n_tokens};
}

Points fit_points(const ExtrapolateDResult& result) {
  std::vector<const ExtrapolationPoint*> chosen;
  for (const ExtrapolationPoint& point : result.points) {
    if (point.in_fit) chosen.push_back(&point);
  }
  Points points(result.settings.lr_correction ? 2 : 1, chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i)
    points.set(i, inputs_of(result.settings, chosen[i]->n_tokens, chosen[i]->lr_share),
               chosen[i]->y);
  return points;
}

void measure_errors(ExtrapolateDResult& result) {
  RunningMean fitted, checked;
  for (ExtrapolationPoint& point : result.points) {
    point.predicted =
        result.fitted.predict(inputs_of(result.settings, point.n_tokens, point.lr_share));
    (point.in_fit ? fitted : checked).add(std::abs(point.predicted / point.y - 1));
  }
  result.fitting_error = fitted.value().value_or(0);
  result.check_error = checked.value();
}

// ---- Along N

/// Of one model, or as logged, where each has a name of its own, of one size.
bool of_one_model(const LadderRun& a, const LadderRun& b) {
  return a.model == b.model || (a.mode == b.mode && n_params(a) == n_params(b));
}

/// The longest run of each model, in the ladder's order.
std::vector<const LadderRun*> longest_runs(const Ladder& ladder) {
  std::vector<const LadderRun*> longest;
  for (const LadderRun& run : ladder.runs) {
    const auto same = std::find_if(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return of_one_model(*other, run);
    });
    if (same == longest.end()) {
      longest.push_back(&run);
    } else if (run.n_tokens.back() > (*same)->n_tokens.back()) {
      *same = &run;
    }
  }
  return longest;
}

/// The first checkpoint with at least `d` tokens.
std::optional<SizePoint> point_at(const LadderRun& run, const std::vector<double>& y, double d) {
  const auto found = std::lower_bound(run.n_tokens.begin(), run.n_tokens.end(), d);
  if (found == run.n_tokens.end()) return {};
  const std::size_t i = static_cast<std::size_t>(found - run.n_tokens.begin());
  return SizePoint{run.model, run.label, run.mode, n_params(run), run.n_tokens[i], y[i]};
}

struct Curve {
  const LadderRun* run;
  std::vector<double> y;
};

/// A checkpoint at more than this times D does not count as one at D.
constexpr double kNear = 1.1;

ExtrapolateNAtD at_tokens(const std::vector<Curve>& curves, double d, double level) {
  ExtrapolateNAtD at{.n_tokens = d};
  std::vector<double> n, y;
  for (const Curve& curve : curves) {
    const auto point = point_at(*curve.run, curve.y, d);
    const bool near = point && point->n_tokens <= kNear * d;
    if (near) at.points.push_back(*point);
    if (near && curve.run->mode == Mode::train) {
      n.push_back(point->n_params);
      y.push_back(point->y);
    }
    if (curve.run->mode == Mode::eval) {
      at.predictions.push_back({{}, curve.run->model, curve.run->label, n_params(*curve.run)});
      if (near) at.predictions.back().actual = point->y;
    }
  }
  if (sorted_distinct(n).size() < 3) return at;
  at.fitted.emplace(find_law("power-constant"), Points::from_columns({n}, y),
                    FitOptions{.level = level});
  at.fitted->interval_for = IntervalFor::observation;
  if (at.fitted->fit.status == Status::failed) return at;
  for (ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
    const Prediction found = unchecked_prediction(*at.fitted, std::array{prediction.n_params});
    prediction.predicted = found.predicted;
    prediction.interval = found.interval;
  }
  return at;
}

/// Three sizes determine three parameters, whatever the losses: with an interval there are more,
/// and one no wider than all that was measured tells something.
void mark_undetermined(ExtrapolateNResult& result) {
  double low = kInfinity, high = -kInfinity;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      if (point.mode != Mode::train) continue;
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  for (ExtrapolateNAtD& at : result.at) {
    for (ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
      const auto& interval = prediction.interval;
      prediction.determined =
          prediction.predicted && interval && interval->upper - interval->lower < high - low;
    }
  }
}

/// Targets that a longer one of their own size stands for, or that are predicted nowhere.
void note_left_out(const Ladder& ladder, const std::vector<const LadderRun*>& longest,
                   ExtrapolateNResult& result) {
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::eval) continue;
    const auto used = std::find_if(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return of_one_model(*other, run);
    });
    if ((*used)->model != run.model)
      result.notes.push_back(run.model + " is left out: " + (*used)->model +
                             " is of its size and longer");
    const bool is_fitted = std::any_of(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return other->mode == Mode::train && n_params(*other) == n_params(run);
    });
    if (*used == &run && is_fitted)
      result.notes.push_back(run.model +
                             " is of a size that is fitted as well: its prediction is "
                             "no extrapolation");
  }
}

/// D by equal steps of its logarithm from where three training sizes start to where only two go on.
std::vector<double> token_grid(const std::vector<Curve>& curves, std::size_t n_grid) {
  std::vector<double> firsts, lasts;
  for (const Curve& curve : curves) {
    if (curve.run->mode != Mode::train) continue;
    const auto first = std::find_if(curve.run->n_tokens.begin(), curve.run->n_tokens.end(),
                                    [](double d) { return d > 0; });
    if (first == curve.run->n_tokens.end()) continue;
    firsts.push_back(*first);
    lasts.push_back(curve.run->n_tokens.back());
  }
  if (firsts.size() < 3) return {};
  std::sort(firsts.begin(), firsts.end());
  std::sort(lasts.rbegin(), lasts.rend());
  const double low = firsts[2], high = lasts[2];
  if (!(low < high)) return {};
  return log_grid(low, high, n_grid);
}

}  // namespace

void ExtrapolateDSettings::validate() const {
  for (const auto& [option, step] : {std::pair("--train_step_min", train_step_min),
                                     std::pair("--train_step_max", train_step_max),
                                     std::pair("--eval_step_max", eval_step_max)}) {
    if (step) require_at_least(option, *step, 0);
  }
  if (final_tokens) require_positive("--final_loss_tokens", *final_tokens);
  if (final_lr_share) require_within("--final_lr_share", *final_lr_share, 0, 1);
  require_level(level);
}

void ExtrapolateNSettings::validate() const {
  if (n_tokens) require_positive("--d", *n_tokens);
  require_level(level);
}

std::optional<double> perplexity(Metric metric, const std::optional<double>& loss) {
  if (metric != Metric::c4 || !loss) return {};
  return finite(std::exp(*loss));
}

std::vector<std::string> extrapolation_columns(const ExtrapolateDSettings& settings) {
  std::vector<std::string> columns;
  if (settings.train_step_min || settings.train_step_max || settings.eval_step_max)
    columns.emplace_back(kBatchColumn);
  if (settings.lr_correction) columns.insert(columns.end(), {kRateColumn, kPeakColumn});
  return columns;
}

bool ExtrapolateDResult::reaches_below_zero() const {
  return at_end.interval && at_end.interval->lower <= 0 && !is_accuracy(settings.metric);
}

std::string ExtrapolateDResult::interval_doubt() const {
  if (!at_end.predicted || !at_end.interval) return "";
  if (reaches_below_zero())
    return "the interval reaches losses of 0 and below, which there are not";
  if (!check_error) return "";
  const double half = (at_end.interval->upper - at_end.interval->lower) / 2;
  const double reach = half / std::abs(*at_end.predicted);
  if (reach >= *check_error) return "";
  return "the interval reaches " + percent(reach, 2) + " to either side, and the law erred by " +
         percent(*check_error, 2) + " where it was checked";
}

ExtrapolateDResult extrapolate_d(const Run& run, const Task& task,
                                 const ExtrapolateDSettings& settings) {
  ExtrapolateDResult result{.task = task, .model = run.model, .label = run.label, .file = run.file};
  result.settings = settings;
  result.points = windows(run, task, settings);
  const Points points = fit_points(result);
  const Law& law = find_law(settings.lr_correction ? "d-lr" : "power-constant");
  if (points.size() < static_cast<std::size_t>(law.n_parameters())) {
    throw InputError(run.file + ": run '" + run.model + "': the fit's window holds " +
                         counted(points.size(), "checkpoint") + ", and the law has " +
                         std::to_string(law.n_parameters()) + " parameters",
                     "widen it with --train_step_min, --train_step_max or --outlier_threshold");
  }
  const FitOptions options{.loss = settings.lr_correction ? Loss::huber() : Loss{},
                           .residual = settings.lr_correction ? Residual::log : Residual::raw,
                           .level = settings.level};
  result.fitted = Fitted(law, points, options);
  result.fitted.interval_for = IntervalFor::observation;
  result.final_tokens = settings.final_tokens.value_or(run.n_tokens.back());
  if (result.fitted.fit.status == Status::failed) return result;
  measure_errors(result);
  const double lr_share = settings.final_lr_share.value_or(result.points.back().lr_share);
  result.at_end =
      unchecked_prediction(result.fitted, inputs_of(settings, result.final_tokens, lr_share));
  return result;
}

bool ExtrapolateNAtD::scatter_is_of_one_number() const {
  return fitted && fitted->fit.covariance && fitted->fit.covariance->dof <= 1;
}

ExtrapolateNResult extrapolate_n(const Ladder& ladder, const Task& task,
                                 const ExtrapolateNSettings& settings) {
  ExtrapolateNResult result{.task = task, .settings = settings};
  std::vector<Curve> curves;
  for (const LadderRun* run : longest_runs(ladder))
    curves.push_back({run, series(*run, task, settings.metric)});
  const std::vector<double> grid =
      settings.n_tokens ? std::vector{*settings.n_tokens} : token_grid(curves, settings.n_grid);
  for (const double d : grid) {
    ExtrapolateNAtD at = at_tokens(curves, d, settings.level);
    if (at.fitted) result.at.push_back(std::move(at));
  }
  mark_undetermined(result);
  if (result.at.empty()) {
    throw InputError(settings.n_tokens
                         ? "fewer than three training sizes have a checkpoint at " +
                               short_count(*settings.n_tokens) + " tokens or within a tenth more"
                         : "there is no D that three training sizes reach",
                     "a N^b + c takes three sizes");
  }
  RunningMean error;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
      if (prediction.determined) error.add(magnitude(prediction.relative_error()));
    }
  }
  result.mean_error = error.value();
  note_left_out(ladder, longest_runs(ladder), result);
  return result;
}

namespace {

std::string run_name(const LadderRun& run) {
  return run_name(Origin{.model = run.model, .label = run.label, .length = run.length});
}

/// Runs of a configuration need not say how long they are: then their files tell them apart.
std::string name_of(const LadderRun& run, const Ladder& ladder) {
  const std::string name = run_name(run);
  const bool alone =
      std::count_if(ladder.runs.begin(), ladder.runs.end(),
                    [&](const LadderRun& other) { return run_name(other) == name; }) == 1;
  return alone ? name : std::filesystem::path(run.file).stem().string();
}

}  // namespace

std::vector<ExtrapolateDResult> run_extrapolate_d(const ExtrapolateDSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks) {
  settings.validate();
  std::vector<ExtrapolateDResult> results;
  for (const Task& task : measured_apart(tasks, settings.metric)) {
    for (const LadderRun& run : ladder.runs) {
      if (run.mode != Mode::train) continue;
      results.push_back(extrapolate_d(run, task, settings));
      results.back().name = name_of(run, ladder);
    }
  }
  if (results.empty()) throw InputError("the configuration has no training run");
  return results;
}

std::vector<ExtrapolateNResult> run_extrapolate_n(const ExtrapolateNSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks) {
  settings.validate();
  std::vector<ExtrapolateNResult> results;
  for (const Task& task : measured_apart(tasks, settings.metric))
    results.push_back(extrapolate_n(ladder, task, settings));
  return results;
}

}  // namespace rung::ladder
