#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/fit/unchecked.hpp"
#include "rung/study/ladder/extrapolate.hpp"
#include "rung/study/ladder/inside_runs.hpp"
#include "rung/study/ladder/points.hpp"

namespace rung::ladder {
namespace {

constexpr const char* kBatchColumn = "batch_size_in_tokens";
constexpr const char* kRateColumn = "optim/learning_rate_group0";
constexpr const char* kPeakColumn = "learning_rate_peak";

/// A column that the settings ask for. Runs as they were logged keep none but their scores.
const std::vector<double>& column_for(const Run& run, const char* column, const char* options) {
  const auto found = run.metrics.find(column);
  if (found != run.metrics.end()) return found->second;
  throw InputError(std::string(options) + ": run '" + run.model + "' has no " + column,
                   "only runs of a configuration (-c) have it, where their files have a column of "
                   "this name; RUNS keep their losses and accuracies alone");
}

bool in_steps(const ExtrapolateDSettings& settings) {
  return settings.train_step_min || settings.train_step_max || settings.eval_step_max;
}

/// Tokens a step, as the run's settings say it or by its last row that says its step.
std::optional<double> tokens_per_step(const Run& run, const std::vector<double>* steps) {
  for (const char* name : {"batch_tokens", kBatchColumn}) {
    const auto setting = run.settings.find(name);
    if (setting != run.settings.end()) return setting->second;
  }
  for (std::size_t i = steps ? run.n_rows() : 0; i-- > 0;) {
    if ((*steps)[i] > 0) return run.n_tokens[i] / (*steps)[i];
  }
  return std::nullopt;
}

/// The step of each checkpoint: its tokens over its batch (of a configuration's runs), as it was
/// logged, or by the tokens a step of the run.
std::vector<double> steps_of(const Run& run) {
  std::vector<double> steps(run.n_rows());
  if (const auto batch = run.metrics.find(kBatchColumn); batch != run.metrics.end()) {
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = run.n_tokens[i] / batch->second[i];
    return steps;
  }
  const auto found = run.metrics.find(kStep);
  const std::vector<double>* logged = found == run.metrics.end() ? nullptr : &found->second;
  const std::optional<double> tokens = tokens_per_step(run, logged);
  if (!tokens)
    throw InputError(
        run.file + ": --train_step_min, --train_step_max, --eval_step_max: run '" + run.model +
            "' has neither steps nor tokens a step",
        "--batch-tokens N says the tokens a step of RUNS; a configuration's files have "
        "a column batch_size_in_tokens or step");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool is_logged = logged && std::isfinite((*logged)[i]);
    steps[i] = is_logged ? (*logged)[i] : run.n_tokens[i] / *tokens;
  }
  return steps;
}

/// The checkpoints of both windows.
std::vector<ExtrapolationPoint> windows(const Run& run, const Task& task,
                                        const ExtrapolateDSettings& settings) {
  check_losses(run, task, settings.metric);
  const std::vector<double> y = series(run, task, settings.metric);
  const std::vector<double> steps = in_steps(settings) ? steps_of(run) : std::vector<double>();
  std::vector<ExtrapolationPoint> points;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto beyond = [&](const std::optional<double>& step) { return step && steps[i] > *step; };
    if (!(run.n_tokens[i] > 0)) continue;  // the laws take logarithms of D
    if (settings.outlier_threshold && y[i] > *settings.outlier_threshold) continue;
    if (settings.train_step_min && !beyond(settings.train_step_min)) continue;
    const bool in_fit = !beyond(settings.train_step_max);
    if (!in_fit && beyond(settings.eval_step_max)) continue;
    ExtrapolationPoint& point = points.emplace_back();
    point.n_tokens = run.n_tokens[i];
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

const Law& law_of(const ExtrapolateDSettings& settings) {
  return find_law(settings.lr_correction ? "d-lr" : "power-constant");
}

/// Those of the points that `chosen` takes.
Points points_where(const ExtrapolateDResult& result, const auto& chosen) {
  std::vector<const ExtrapolationPoint*> rows;
  for (const ExtrapolationPoint& point : result.points) {
    if (chosen(point)) rows.push_back(&point);
  }
  Points points(result.settings.lr_correction ? 2 : 1, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    points.set(i, inputs_of(result.settings, rows[i]->n_tokens, rows[i]->lr_share), rows[i]->y);
  return points;
}

/// For one more checkpoint.
Fitted fitted_to(Points points, const ExtrapolateDSettings& settings) {
  Fitted fitted(law_of(settings), std::move(points),
                {.loss = settings.lr_correction ? Loss::huber() : Loss{},
                 .residual = settings.lr_correction ? Residual::log : Residual::raw,
                 .level = settings.level});
  fitted.interval_for = IntervalFor::observation;
  return fitted;
}

/// What the first half of the run's tokens say of its last checkpoint; absent where they are too
/// few for an interval.
std::optional<Prediction> rehearsal_of(const ExtrapolateDResult& result) {
  const ExtrapolationPoint& last = result.points.back();
  Points half = points_where(
      result, [&](const ExtrapolationPoint& point) { return 2 * point.n_tokens <= last.n_tokens; });
  const auto n_parameters = static_cast<std::size_t>(law_of(result.settings).n_parameters());
  if (half.size() <= n_parameters) return std::nullopt;
  constexpr double kHardlyEver = 0.99;  // that a sound interval misses
  ExtrapolateDSettings settings = result.settings;
  settings.level = std::max(settings.level, kHardlyEver);
  const Fitted fitted = fitted_to(std::move(half), settings);
  if (fitted.fit.status == Status::failed) return std::nullopt;
  Prediction found = unchecked_prediction(
      fitted, inputs_of(result.settings, last.n_tokens, last.lr_share), last.y);
  return found.interval ? std::optional(std::move(found)) : std::nullopt;
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

}  // namespace

void ExtrapolateDSettings::validate() const {
  for (const auto& [option, step] : {std::pair("--train_step_min", train_step_min),
                                     std::pair("--train_step_max", train_step_max),
                                     std::pair("--eval_step_max", eval_step_max)}) {
    if (step) require_at_least(option, *step, 0);
  }
  if (train_step_max && eval_step_max && *eval_step_max <= *train_step_max)
    throw InputError("--eval_step_max: up to step " + shortest(*eval_step_max) +
                         " nothing is left to check behind --train_step_max " +
                         shortest(*train_step_max),
                     "a later step, or none: the whole run");
  if (final_tokens) require_positive("--final_loss_tokens", *final_tokens);
  if (final_lr_share) require_within("--final_lr_share", *final_lr_share, 0, 1);
  require_level(level);
}

std::vector<std::string> extrapolation_columns(const ExtrapolateDSettings& settings) {
  if (settings.lr_correction) return {kRateColumn, kPeakColumn};
  return {};
}

std::vector<std::string> extrapolation_optional_columns(const ExtrapolateDSettings& settings) {
  if (in_steps(settings)) return {kBatchColumn};
  return {};
}

bool ExtrapolateDResult::reaches_below_zero() const {
  return at_end.interval && at_end.interval->lower <= 0 && !is_accuracy(settings.metric);
}

bool ExtrapolateDResult::is_too_narrow() const {
  const bool has_other_doubt = reaches_below_zero() || inside_gap || inside_untested ||
                               misses_rehearsal() || misses_actual();
  return !has_other_doubt && check_error && at_end.predicted && at_end.interval &&
         relative_reach() < *check_error;
}

bool ExtrapolateDResult::misses_rehearsal() const {
  return rehearsal && !rehearsal->covered().value_or(true);
}

bool ExtrapolateDResult::misses_actual() const { return !at_end.covered().value_or(true); }

double ExtrapolateDResult::relative_reach() const {
  return (at_end.interval->upper - at_end.interval->lower) / 2 / std::abs(*at_end.predicted);
}

bool ExtrapolateDResult::is_saturated() const {
  return fitted.problem &&
         fitted.fit.n_points <= static_cast<std::size_t>(fitted.problem->n_free());
}

bool ExtrapolateDResult::is_determined() const {
  return at_end.predicted && fitted.fit.identified && !is_saturated();
}

std::string ExtrapolateDResult::interval_doubt() const {
  if (at_end.predicted && !fitted.fit.identified)
    return "other parameters fit as well and predict differently";
  if (at_end.predicted && is_saturated())
    return "as many parameters as checkpoints, which the law goes through";
  if (!at_end.predicted || !at_end.interval) return "";
  if (reaches_below_zero())
    return "the interval reaches losses of 0 and below, which there are not";
  if (inside_gap)
    return "inside runs losses lie " + percent(*inside_gap, 1) +
           " above the ends of shorter runs of their size, as where the learning rate decays";
  if (inside_untested)
    return "no shorter runs of its size say whether losses inside runs lie where runs of that "
           "length end";
  if (misses_rehearsal())
    return "from the first half of the run's tokens the " +
           significant(100 * rehearsal->interval->level, 3) +
           "% interval at its last checkpoint is " + fixed(rehearsal->interval->lower, 3) + " to " +
           fixed(rehearsal->interval->upper, 3) + ", and " + fixed(*rehearsal->actual, 3) + " came";
  if (misses_actual())
    return "the run's last checkpoint, at " + fixed(*at_end.actual, 3) + ", lies outside of it";
  if (!is_too_narrow()) return "";
  return "the interval reaches " + percent(relative_reach(), 2) +
         " to either side, and the law erred by " + percent(*check_error, 2) +
         " where it was checked";
}

namespace {

Points points_of_fit(const ExtrapolateDResult& result) {
  return points_where(result, [](const ExtrapolationPoint& point) { return point.in_fit; });
}

/// "" where the law can be fitted to them.
std::string why_too_few(const ExtrapolateDResult& result) {
  const std::size_t n = points_of_fit(result).size();
  const int n_parameters = law_of(result.settings).n_parameters();
  if (n >= static_cast<std::size_t>(n_parameters)) return "";
  return "the fit's window holds " + counted(n, "checkpoint") + ", and the law has " +
         std::to_string(n_parameters) + " parameters";
}

/// What nobody says a window of is fitted to the first half of the tokens, where that determines
/// the law with something to spare, so that the rest can check it.
void hold_half_back(ExtrapolateDResult& result) {
  const ExtrapolateDSettings& settings = result.settings;
  if (settings.train_step_max || settings.final_tokens || result.points.empty()) return;
  const double most = result.points.back().n_tokens / 2;
  const auto is_early = [most](const ExtrapolationPoint& p) { return p.n_tokens <= most; };
  constexpr int kToSpare = 2;
  const auto n_early = std::count_if(result.points.begin(), result.points.end(), is_early);
  if (n_early < law_of(settings).n_parameters() + kToSpare) return;
  for (ExtrapolationPoint& point : result.points) point.in_fit = is_early(point);
}

/// With its points alone.
ExtrapolateDResult unfitted(const Run& run, const Task& task,
                            const ExtrapolateDSettings& settings) {
  ExtrapolateDResult result{.task = task, .model = run.model, .label = run.label, .file = run.file};
  result.settings = settings;
  result.points = windows(run, task, settings);
  hold_half_back(result);
  return result;
}

[[noreturn]] void fail_too_few(const Run& run, const std::string& why) {
  throw InputError(run.file + ": run '" + run.model + "': " + why,
                   "widen it with --train_step_min, --train_step_max or --outlier_threshold");
}

/// The run's last checkpoint, where that is what is predicted and the fit has not seen it; it may
/// lie behind the window of the check, too.
std::optional<double> held_back_end(const ExtrapolateDResult& result, const Run& run) {
  const ExtrapolationPoint& last = result.points.back();
  const bool is_seen = last.in_fit && last.n_tokens == run.n_tokens.back();
  if (is_seen || result.final_tokens != run.n_tokens.back()) return std::nullopt;
  const double y = series(run, result.task, result.settings.metric).back();
  const bool is_outlier =
      result.settings.outlier_threshold && y > *result.settings.outlier_threshold;
  return std::isfinite(y) && !is_outlier ? std::optional(y) : std::nullopt;
}

/// Of points that are enough.
ExtrapolateDResult with_fit(ExtrapolateDResult result, const Run& run) {
  const ExtrapolateDSettings& settings = result.settings;
  result.fitted = fitted_to(points_of_fit(result), settings);
  result.final_tokens = settings.final_tokens.value_or(run.n_tokens.back());
  if (result.fitted.fit.status == Status::failed) return result;
  measure_errors(result);
  const double lr_share = settings.final_lr_share.value_or(result.points.back().lr_share);
  result.at_end =
      unchecked_prediction(result.fitted, inputs_of(settings, result.final_tokens, lr_share),
                           held_back_end(result, run));
  result.is_beyond_end = result.final_tokens > run.n_tokens.back();
  if (result.is_beyond_end) result.rehearsal = rehearsal_of(result);
  return result;
}

}  // namespace

ExtrapolateDResult extrapolate_d(const Run& run, const Task& task,
                                 const ExtrapolateDSettings& settings) {
  ExtrapolateDResult result = unfitted(run, task, settings);
  if (const std::string why = why_too_few(result); !why.empty()) fail_too_few(run, why);
  return with_fit(std::move(result), run);
}

namespace {

/// Runs of a configuration need not say how long they are: then their files tell them apart.
std::string name_of(const LadderRun& run, const Ladder& ladder) {
  const std::string name = run_name(run);
  const bool alone =
      std::count_if(ladder.runs.begin(), ladder.runs.end(),
                    [&](const LadderRun& other) { return run_name(other) == name; }) == 1;
  return alone ? name : std::filesystem::path(run.file).stem().string();
}

/// Those that count in a run's result.
std::vector<WrongCheckpoint> counted_in(const ExtrapolateDResult& result, std::size_t run,
                                        std::vector<WrongCheckpoint> wrong) {
  std::erase_if(wrong, [&](const WrongCheckpoint& one) {
    const bool is_actual = result.at_end.actual && one.n_tokens == result.final_tokens;
    const bool is_point = std::any_of(
        result.points.begin(), result.points.end(),
        [&](const ExtrapolationPoint& point) { return point.n_tokens == one.n_tokens; });
    return one.origin.run != run || !(is_point || is_actual);
  });
  return wrong;
}

}  // namespace

std::vector<ExtrapolateDResult> run_extrapolate_d(const ExtrapolateDSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks,
                                                  std::vector<LeftOutRun>& left_out) {
  settings.validate();
  std::vector<ExtrapolateDResult> results;
  const LadderRun* last = nullptr;
  for (const Task& task : measured_apart(tasks, settings.metric)) {
    const InsideRuns inside = inside_runs(ladder, task, settings.metric);
    const std::vector<WrongCheckpoint> wrong = wrong_losses_of_runs(ladder, task, settings.metric);
    for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
      const LadderRun& run = ladder.runs[i];
      if (run.mode != Mode::train) continue;
      last = &run;
      ExtrapolateDResult result = unfitted(run, task, settings);
      if (const std::string why = why_too_few(result); !why.empty()) {
        const std::string name = name_of(run, ladder);
        const bool is_told =
            std::any_of(left_out.begin(), left_out.end(),
                        [&](const LeftOutRun& other) { return other.name == name; });
        if (!is_told) left_out.push_back({name, why});
        continue;
      }
      results.push_back(with_fit(std::move(result), run));
      results.back().name = name_of(run, ladder);
      results.back().wrong_checkpoints = counted_in(results.back(), i, wrong);
      if (!results.back().is_beyond_end || settings.lr_correction) continue;
      results.back().inside_gap = inside.gap;
      results.back().inside_untested = !inside.tested;
    }
  }
  if (!last) throw InputError("the configuration has no training run");
  if (results.empty()) fail_too_few(*last, left_out.back().why);
  return results;
}

}  // namespace rung::ladder
