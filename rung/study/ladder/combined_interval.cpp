#include "rung/study/ladder/combined_interval.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/lower_end.hpp"
#include "rung/study/ladder/trust.hpp"

namespace rung::ladder {
namespace {

/// How many folds the normal quantile counts for.
constexpr double kPriorFolds = 3;
/// Fewer errors of weak signals than this are filled up with those of clear ones.
constexpr std::size_t kFewWeak = 10;

const double kPi = std::acos(-1.0);
/// A mean |normal| in standard deviations.
const double kMeanAbsolute = std::sqrt(2 / kPi);

/// A mean |t|; without one, at a single degree of freedom, that of two.
double mean_absolute_t(double degrees_of_freedom) {
  const double n = std::max(2.0, degrees_of_freedom);
  return 2 * std::sqrt(n / kPi) * std::exp(std::lgamma((n + 1) / 2) - std::lgamma(n / 2)) / (n - 1);
}

/// Nearer to the maximum than this, ways that level off just below it and ways that go on to it
/// differ by more than their runs can tell: the maximum is in the interval (docs/predictor.md).
constexpr double kNearMaximum = 0.03;

/// At chance: how far up a task may have come, for each e-fold of compute, and how many standard
/// deviations of the runs it may be off, both at 90% (docs/predictor.md).
constexpr double kRisePerEfold = 0.022, kChanceSds = 2.5, kNormal90 = 1.6449;

/// Variance of the noise between checkpoints that a target keeps by being averaged over fewer.
double checkpoint_variance(const TaskData& data, std::size_t n_averaged, std::size_t wanted) {
  RunningMean variance;
  for (const RunData& run : data.runs) {
    if (!run.checkpoint_sd) continue;
    const double sd = *run.checkpoint_sd / std::max(1e-4, run.accuracy * (1 - run.accuracy));
    variance.add(sd * sd);
  }
  const double extra = 1 / static_cast<double>(std::max<std::size_t>(1, n_averaged)) -
                       1 / static_cast<double>(std::max<std::size_t>(1, wanted));
  return std::max(0.0, extra) * variance.value().value_or(0);
}

/// Standard deviation of a score on n questions that are drawn anew.
double score_sd(double accuracy, double n) { return std::sqrt(accuracy * (1 - accuracy) / n); }

/// The mean error where a task may end below its maximum: what the prediction is off if it does,
/// where the runs bend that way, and else the mean over both ends, which are as likely.
double with_lower_end(const std::optional<LowerEnd>& end, const CombinedTarget& target,
                      double mean_error) {
  if (!end || !target.with_lower_end) return mean_error;
  const double at_end =
      std::max(mean_error, 1 - *target.with_lower_end / *target.prediction.predicted);
  return end->maximum_rejected ? at_end : (mean_error + at_end) / 2;
}

}  // namespace

Calibration::Calibration(const std::vector<std::vector<FoldError>>& folds, double level)
    : level_(level), normal_(rung::normal_quantile((1 + level) / 2)) {
  std::vector<double> clear, weak;
  std::size_t n_clear_folds = 0, n_weak_folds = 0;
  for (const std::vector<FoldError>& fold : folds) {
    const std::size_t n_clear = clear.size(), n_weak = weak.size();
    for (const FoldError& error : fold) {
      if (!error.standardized || error.signal == Signal::at_chance) continue;
      (error.signal == Signal::weak ? weak : clear).push_back(*error.standardized);
    }
    n_folds_ += fold.empty() ? 0 : 1;
    n_clear_folds += clear.size() > n_clear ? 1 : 0;
    n_weak_folds += weak.size() > n_weak ? 1 : 0;
  }
  const auto summary = [&](std::vector<double> errors, std::size_t n_folds) {
    if (errors.empty()) return Errors{normal_, kMeanAbsolute};
    std::sort(errors.begin(), errors.end());
    const double n = static_cast<double>(n_folds);
    return Errors{(n * sorted_quantile(errors, level) + kPriorFolds * normal_) / (n + kPriorFolds),
                  (n * mean(errors) + kPriorFolds * kMeanAbsolute) / (n + kPriorFolds)};
  };
  clear_ = summary(clear, n_clear_folds);
  if (weak.size() < kFewWeak) {
    weak.insert(weak.end(), clear.begin(), clear.end());
    n_weak_folds = std::max(n_weak_folds, n_clear_folds);
  }
  weak_ = summary(weak, n_weak_folds);
}

double Calibration::multiple(Signal signal, double degrees_of_freedom) const {
  return of(signal).quantile * student_t_quantile((1 + level_) / 2, degrees_of_freedom) / normal_;
}

double Calibration::mean_absolute(Signal signal, double degrees_of_freedom) const {
  return of(signal).mean * mean_absolute_t(degrees_of_freedom) / kMeanAbsolute;
}

/// Ways with free levels, and the logit, know nothing of a maximum below 1.
void keep_below_maximum(double maximum, TargetPrediction& prediction) {
  prediction.predicted = std::min(*prediction.predicted, maximum);
  if (!prediction.interval) return;
  prediction.interval->lower = std::min(prediction.interval->lower, maximum);
  prediction.interval->upper = std::min(prediction.interval->upper, maximum);
}

CombinedTarget Predictor::predict(const TaskData& data, const Trained& trained,
                                  const Target& target, std::size_t n_averaged) const {
  const Scale at{target.n_params, target.n_tokens, target.compute_flops};
  const Trained::Prediction prediction = trained.predict(at);
  CombinedTarget result{.prediction = {.target = target},
                        .members = prediction.members,
                        .left_out = prediction.combination.left_out,
                        .log_distance = prediction.log_distance};
  result.prediction.predicted = prediction.combination.predicted;
  if (!result.prediction.predicted) return result;
  result.with_lower_end = trained.predict_with_lower_end(at);
  if (settings_.intervals && calibration_.known()) {
    if (trained.signal().signal == Signal::at_chance) {
      add_chance_interval(data, trained, result);
    } else {
      add_interval(data, trained, prediction, n_averaged, result);
    }
  }
  if (settings_.intervals) judge(data, trained, prediction, result);
  keep_below_maximum(data.task.maximum, result.prediction);
  return result;
}

void Predictor::add_interval(const TaskData& data, const Trained& trained,
                             const Trained::Prediction& prediction, std::size_t n_averaged,
                             CombinedTarget& result) const {
  const Target& target = result.prediction.target;
  const Trained::Variances of = trained.variances(prediction);
  const double checkpoints = checkpoint_variance(data, n_averaged, settings_.members.moving_avg);
  const double parameters =
      trained.jackknife_variance({target.n_params, target.n_tokens, target.compute_flops});
  const double normal = calibration_.normal_quantile();
  const Signal signal = trained.signal().signal;
  const double freedom = trained.degrees_of_freedom();
  const double sd = std::sqrt(of.sum() + checkpoints);
  const double by_folds = calibration_.multiple(signal, freedom) / normal * sd;
  const double by_parameters = std::sqrt(of.run + of.sampling + checkpoints + parameters);
  const double total = std::max(by_folds, by_parameters);
  const double predicted = *result.prediction.predicted;
  const double middle = task_logit(data.task, predicted);
  const double with_lower = task_logit(data.task, result.with_lower_end.value_or(predicted));
  const LogitInterval logits{middle, std::max(0.0, middle - with_lower), total};
  result.parts = IntervalParts{std::sqrt(of.run),
                               std::sqrt(checkpoints),
                               std::sqrt(of.sampling),
                               std::sqrt(parameters),
                               std::sqrt(of.discrepancy),
                               logits.apart,
                               total};
  result.prediction.interval = Interval{settings_.level, logits.lower(settings_.level),
                                        logits.upper(settings_.level), "backtest"};
  result.reach = logits.reach(predicted);
  if (const double maximum = data.task.maximum; maximum - predicted < kNearMaximum) {
    result.prediction.interval->upper = std::max(result.prediction.interval->upper, maximum);
    result.reach = std::max(*result.reach, maximum / predicted - 1);
  }
  const double mean_error = std::max(calibration_.mean_absolute(signal, freedom) * sd,
                                     kMeanAbsolute * (by_parameters > by_folds ? total : 0));
  result.expected_error = with_lower_end(trained.lower_end(), result, mean_error * (1 - predicted));
}

void Predictor::add_chance_interval(const TaskData& data, const Trained& trained,
                                    CombinedTarget& result) const {
  const double predicted = *result.prediction.predicted;
  const double n = data.task.n_examples.value_or(1000);
  const double of_questions = score_sd(std::max(predicted, 0.01), n);
  const double noise = kChanceSds * std::max(trained.accuracy_sd(), of_questions / 2);
  const double rise = kRisePerEfold * std::max(0.0, result.log_distance);
  const double wider = calibration_.normal_quantile() / kNormal90;
  result.prediction.interval =
      Interval{settings_.level, std::max(0.0, predicted - wider * noise),
               std::min(1.0, predicted + wider * (noise + rise)), "chance"};
  constexpr double kLeast = 1e-3;  // an accuracy of 0 is a small sample's
  result.reach = (noise + rise) / std::max(predicted, kLeast);
  // Of what comes, which is not less than the error where next to nothing is predicted.
  const double error = kMeanAbsolute * (noise + rise / 2) / kNormal90;
  if (error > 0) result.expected_error = error / std::max(predicted, error);
}

void reach_over(const CombinedTarget& other, CombinedTarget& target) {
  const std::optional<Interval> over_both =
      united(target.prediction.interval, other.prediction.interval);
  if (!over_both) return;
  target.prediction.interval = over_both;
  const double predicted = *target.prediction.predicted, by_other = *other.prediction.predicted;
  const double further = std::abs(by_other - predicted) + *other.reach * by_other;
  target.reach = std::max(*target.reach, further / predicted);
}

}  // namespace rung::ladder
