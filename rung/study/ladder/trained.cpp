#include "rung/study/ladder/trained.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/distributions.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/ladder/questions.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kFewestToDisagree = 3;
/// Of the logit, for each e-fold of compute, where members are too few to disagree or a trend too
/// weak to bind them: what public families err by far out (docs/predictor.md).
constexpr double kDriftPerEfold = 0.1;
/// The same of tasks near chance with no loss of their own that would show what comes: all ways of
/// predicting them are too low together.
constexpr double kEarlyDriftPerEfold = 0.15;
/// A run's variance that is never taken to be less.
constexpr double kLeastVariance = 1e-4;

double squared(double x) { return x * x; }

/// Of a fit of few runs: what its parameters take from the residuals.
double n_parameters(const TaskData& data) { return data.has_any_loss() ? 5 : 2; }

/// The residuals' variance for one more training. Runs that share one count as its clusters do.
double residual_variance(const std::vector<double>& residuals, const RunClusters& clusters,
                         double n_parameters) {
  double squares = 0;
  for (const double r : residuals) squares += squared(r);
  const double n = static_cast<double>(clusters.n);
  const double taken = clusters.shared() ? std::min(n_parameters, n / 2) : n_parameters;
  const double mean_square = squares / std::max(1.0, static_cast<double>(residuals.size()));
  return mean_square * n / std::max(1.0, n - taken);
}

/// Of Student's t. Few clusters: their number less one (Cameron and Miller 2015, A Practitioner's
/// Guide to Cluster-Robust Inference, VI.D).
double t_degrees_of_freedom(const RunClusters& clusters, double n_parameters) {
  return std::max(1.0, static_cast<double>(clusters.n) - (clusters.shared() ? 1 : n_parameters));
}

/// The normal that is as rare as this |t|. Beyond 8 nothing is told apart.
double as_normal(double t, double degrees_of_freedom) {
  constexpr double kFurthest = 8;
  const double tail = student_t_cdf(-std::abs(t), degrees_of_freedom);
  return tail > normal_cdf(-kFurthest) ? -normal_quantile(tail) : kFurthest;
}

/// This share of the growth from `reached` to `predicted`, in the logit.
double kept(double predicted, double reached, double share) {
  if (share >= 1) return predicted;
  return inverse_logit(share * logit(predicted) + (1 - share) * logit(reached));
}

}  // namespace

Trained::Fits Trained::fits_of(const TaskData& data, std::span<const std::size_t> runs,
                               FitMemory& memory) {
  const TaskSignal signal = signal_of(data, runs);
  const std::vector<Member> members = members_for(data, signal.signal);
  return {signal, members, FittedMembers(data, members, runs, &memory)};
}

Trained::Trained(const TaskData& data, const RunClusters& clusters,
                 std::span<const std::size_t> runs, FitMemory& memory)
    : Trained(data, clusters.among(runs), fits_of(data, runs, memory)) {}

Trained::Trained(const TaskData& data, RunClusters clusters, Fits fits)
    : data_(&data),
      runs_(fits.fitted.runs()),
      clusters_(std::move(clusters)),
      signal_(fits.signal),
      members_(std::move(fits.members)),
      fitted_(std::move(fits.fitted)),
      most_log_compute_(-kInfinity),
      most_log_by_rule_(-kInfinity) {
  for (const std::size_t i : runs_) {
    const RunData& run = data.runs[i];
    best_seen_ = std::max(best_seen_, run.accuracy);
    most_log_compute_ = std::max(most_log_compute_, std::log(run.scale.compute_or_rule()));
    most_log_by_rule_ = std::max(most_log_by_rule_, std::log(run.scale.compute_by_rule()));
    const Combination here = combine(members_, fitted_.predict(run.scale), signal_.signal);
    if (here.predicted)
      residuals_.push_back(task_logit(data.task, run.accuracy) -
                           task_logit(data.task, *here.predicted));
  }
  run_variance_ = residual_variance(residuals_, clusters_, n_parameters(data));
  degrees_of_freedom_ = t_degrees_of_freedom(clusters_, n_parameters(data));
}

double Trained::log_distance(const Scale& at) const {
  return at.compute_flops ? std::log(*at.compute_flops) - most_log_compute_
                          : std::log(at.compute_by_rule()) - most_log_by_rule_;
}

Trained::Prediction Trained::predict(const Scale& at) const { return predict(fitted_, at); }

std::vector<Trained> Trained::leave_one_out(FitMemory& memory) const {
  std::vector<Trained> without;
  for (FittedMembers& refitted : fitted_.leave_one_out()) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      if (i != without.size()) places.push_back(i);
    const TaskSignal signal = signal_of(*data_, refitted.runs());
    Fits fits = signal.signal == signal_.signal ? Fits{signal, members_, std::move(refitted)}
                                                : fits_of(*data_, refitted.runs(), memory);
    without.push_back(Trained(*data_, clusters_.among(places), std::move(fits)));
  }
  return without;
}

void Trained::add_lower_end(const LowerEnd& end) {
  lower_end_ = end;
  ended_lower_ = fitted_.ending_at(end.accuracy);
}

std::optional<double> Trained::predict_with_lower_end(const Scale& at) const {
  if (!ended_lower_) return {};
  return predict(*ended_lower_, at).combination.predicted;
}

Trained::Prediction Trained::predict(const FittedMembers& fitted, const Scale& at) const {
  Prediction result{.members = fitted.predict(at)};
  result.combination = combine(members_, result.members, signal_.signal);
  result.log_distance = log_distance(at);
  // Accuracy does not fall with compute: a larger run reaches what the largest here have.
  auto& predicted = result.combination.predicted;
  if (predicted && result.log_distance > 0)
    predicted = kept(std::max(*predicted, signal_.reached), signal_.reached, share_of_growth_);
  return result;
}

Trained::Variances Trained::variances(const Prediction& prediction) const {
  const double p = *prediction.combination.predicted;
  const double slope = std::max(1e-4, p * (1 - p));
  Variances result{.run = run_variance_ + kLeastVariance,
                   .sampling = question_variance(data_->task, best_seen_, p) / squared(slope)};
  const bool early = signal_.early() && data_->has_any_loss() && !data_->has_own_loss();
  const double drift = squared((early ? kEarlyDriftPerEfold : kDriftPerEfold) *
                               std::max(0.0, prediction.log_distance));
  const Combination& of = prediction.combination;
  result.discrepancy = of.n_kept < kFewestToDisagree             ? drift
                       : early || signal_.signal == Signal::weak ? std::max(of.spread, drift)
                                                                 : of.spread;
  return result;
}

void Trained::add_refits() { without_each_ = fitted_.leave_out(clusters_.of, clusters_.n); }

/// The fits are nearly medians (Huber's delta is far inside the noise), of which the jackknife
/// gives twice the variance on average (Efron 1982, The Jackknife, the Bootstrap and Other
/// Resampling Plans, ch. 3).
double Trained::jackknife_variance(const Scale& at) const {
  std::vector<double> logits;
  for (const FittedMembers& fitted : without_each_) {
    const Combination without = combine(members_, fitted.predict(at), signal_.signal);
    if (without.predicted) logits.push_back(task_logit(data_->task, *without.predicted));
  }
  if (logits.size() < 2) return 0;
  const double n = static_cast<double>(logits.size());
  return squared_deviations(logits) * (n - 1) / n / 2;
}

double Trained::accuracy_sd() const {
  std::vector<double> accuracies;
  for (const std::size_t i : runs_) accuracies.push_back(data_->runs[i].accuracy);
  return accuracies.size() < 2 ? 0 : sample_sd(accuracies);
}

std::optional<double> FoldPoint::standardized_error(const Task& task) const {
  if (!point.predicted) return {};
  const double error = task_logit(task, point.actual) - task_logit(task, *point.predicted);
  return as_normal(error / sd, degrees_of_freedom);
}

std::vector<std::size_t> all_runs(const TaskData& data) {
  std::vector<std::size_t> all(data.runs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<Fold> folds_of(const TaskData& data, const RunClusters& clusters,
                           std::span<const std::size_t> runs) {
  constexpr std::size_t kLeast = 7, kLeastByCompute = 3;
  std::vector<Scale> scales;
  for (const std::size_t i : runs) scales.push_back(data.runs[i].scale);
  std::vector<Fold> folds = rolling_folds(scales, data.has_any_loss() ? kLeast : kLeastByCompute);
  for (Fold& fold : folds) {
    for (std::size_t& i : fold.train) i = runs[i];
    for (std::size_t& i : fold.test) i = runs[i];
  }
  return independent_folds(std::move(folds), clusters);
}

std::vector<FoldPoint> roll_forward(const TaskData& data, const Trained& trained, const Fold& fold,
                                    const std::vector<Member>& members) {
  std::vector<FoldPoint> points;
  for (const std::size_t i : fold.test) {
    const RunData& run = data.runs[i];
    const Trained::Prediction prediction = trained.predict(run.scale);
    FoldPoint at{.point = {.run = i,
                           .log_distance = prediction.log_distance,
                           .actual = run.accuracy,
                           .predicted = prediction.combination.predicted},
                 .signal = trained.signal().signal,
                 .degrees_of_freedom = trained.degrees_of_freedom()};
    for (const Member& member : members) {
      const auto found =
          std::find_if(trained.members().begin(), trained.members().end(),
                       [&](const Member& other) { return other.name == member.name; });
      at.point.members.push_back(
          found == trained.members().end()
              ? std::nullopt
              : prediction.members[static_cast<std::size_t>(found - trained.members().begin())]);
    }
    if (at.point.predicted) {
      at.sd = std::sqrt(trained.variances(prediction).sum());
      const double reached = logit(trained.signal().reached);
      if (at.point.log_distance > 0)
        at.growth = Growth{logit(*at.point.predicted) - reached, logit(run.accuracy) - reached};
    }
    points.push_back(std::move(at));
  }
  return points;
}

double keep_growth_that_came(std::vector<std::vector<FoldPoint>>& folds, Signal signal) {
  std::vector<std::vector<Growth>> growth(folds.size());
  for (std::size_t f = 0; f < folds.size(); ++f) {
    for (const FoldPoint& at : folds[f]) {
      if (at.growth) growth[f].push_back(*at.growth);
    }
  }
  for (std::size_t f = 0; f < folds.size(); ++f) {
    std::vector<std::vector<Growth>> others = growth;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(f));
    const double share = kept_share(signal, share_of_growth(others));
    for (FoldPoint& at : folds[f]) {
      if (!at.growth) continue;
      const double predicted = *at.point.predicted;
      at.point.predicted =
          kept(predicted, inverse_logit(logit(predicted) - at.growth->predicted), share);
    }
  }
  return kept_share(signal, share_of_growth(growth));
}

}  // namespace rung::ladder
