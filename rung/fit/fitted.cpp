#include "rung/fit/fitted.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/huber_scale.hpp"
#include "rung/fit/interval/contradiction.hpp"
#include "rung/fit/interval/profile_intervals.hpp"
#include "rung/fit/outside.hpp"
#include "rung/fit/possible.hpp"

namespace rung {
namespace {

bool any_prior(const std::vector<Constraint>& constraints) {
  return std::any_of(constraints.begin(), constraints.end(), [](const Constraint& constraint) {
    return constraint.prior_mean.has_value();
  });
}

/// Half of what the middle 68.3% of the refits span: their standard deviation if they are normal,
/// which a few that diverge don't move. Absent for too few, and where most stop at one bound.
std::optional<double> stderror_of(std::vector<double> refits) {
  constexpr double kWithinOneSd = 0.6826894921370859;  // of a normal
  const auto middle = percentile_interval(std::move(refits), kWithinOneSd, "");
  if (!middle || !(middle->upper > middle->lower)) return std::nullopt;
  return (middle->upper - middle->lower) / 2;
}

std::string note_of_scale(const Loss& loss) {
  return "huber:auto: residuals beyond " + significant(loss.parameter, 3) + ", " +
         significant(kHuberScales, 4) + " times their scale (Huber's proposal 2), count as far off";
}

}  // namespace

std::string_view interval_for_name(IntervalFor interval_for) {
  switch (interval_for) {
    case IntervalFor::mean:
      return "mean";
    case IntervalFor::observation:
      return "observation";
    case IntervalFor::conformal:
      break;
  }
  return "conformal";
}

std::vector<double> Replicates::theta_of(std::size_t replicate) const {
  const std::size_t p = theta.size() / n;
  const auto begin = theta.begin() + static_cast<long>(replicate * p);
  return {begin, begin + static_cast<long>(p)};
}

std::vector<double> Replicates::values_of(std::size_t parameter) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(theta[i * (theta.size() / n) + parameter]);
  return values;
}

Fitted::Fitted(std::shared_ptr<const Law> law_fitted, std::shared_ptr<const Points> fitted_to,
               FitOptions how)
    : law(std::move(law_fitted)),
      options(with_estimated_scale(*law, *fitted_to, how)),
      points(std::move(fitted_to)) {
  fit = rung::fit(*law, *points, options);
  if (how.loss.kind == LossKind::huber_auto) fit.notes.push_back(note_of_scale(options.loss));
  if (how.loss.kind == LossKind::binomial) possible = kPossibleShares;
  problem = std::make_shared<const FitProblem>(*law, *points, options.loss, options.residual,
                                               options.constraints);
  set_ranges(*points);
}

Fitted::Fitted(const Law& law_fitted, Points fitted_to, FitOptions how)
    : Fitted({std::shared_ptr<const void>(), &law_fitted},
             std::make_shared<const Points>(std::move(fitted_to)), std::move(how)) {}

void Fitted::set_ranges(const Points& among) {
  for (std::size_t k = 0; k < among.n_inputs(); ++k) {
    lowest.push_back(kInfinity);
    highest.push_back(-kInfinity);
    for (std::size_t i = 0; i < among.size(); ++i) {
      if (among.weight(i) == 0) continue;
      lowest.back() = std::min(lowest.back(), among.input(k, i));
      highest.back() = std::max(highest.back(), among.input(k, i));
    }
  }
}

void Fitted::use_covariance(Covariance covariance, CovarianceKind kind) {
  fit = with_covariance(*problem, std::move(fit), std::move(covariance), options.level);
  covariance_kind = kind;
}

bool Fitted::use_sandwich(const std::vector<int>& cluster_of) {
  // Even where there is none: profile likelihood, which assumes one noise for all points, no longer
  // checks the intervals.
  covariance_kind = CovarianceKind::sandwich;
  auto robust = sandwich_covariance(*problem, fit, cluster_of);
  if (!robust) return false;
  use_covariance(std::move(*robust), CovarianceKind::sandwich);
  return true;
}

void Fitted::withdraw_covariance() {
  fit.covariance.reset();
  for (ParameterEstimate& estimate : fit.parameters)
    estimate.stderror = estimate.lower = estimate.upper = std::nullopt;
}

void Fitted::use_profile_intervals() { rung::use_profile_intervals(*problem, options.level, fit); }

void Fitted::draw_replicates(const ResampleOptions& how) {
  const Bootstrap drawn = resample(*problem, fit.theta, how);
  replicates = {.n = drawn.size(),
                .theta = drawn.theta,
                .n_not_converged = drawn.n_not_converged,
                .seed = how.seed};
  // Under priors points weigh as much as the noise lets them: residuals have no one spread.
  if (!any_prior(options.constraints)) residuals = widened_residuals(*problem, fit.theta);
  for (std::size_t p = 0; p < fit.parameters.size(); ++p) {
    ParameterEstimate& estimate = fit.parameters[p];
    if (estimate.fixed) continue;
    const auto interval = bootstrap_interval(p);
    estimate.stderror = interval ? stderror_of(replicates.values_of(p)) : std::nullopt;
    estimate.lower = interval ? std::optional(interval->lower) : std::nullopt;
    estimate.upper = interval ? std::optional(interval->upper) : std::nullopt;
  }
}

bool Fitted::draw_conformal(std::uint64_t seed) {
  conformal = split_conformal(*problem, fit.theta, options.level, seed);
  return conformal.has_value();
}

double Fitted::predict(std::span<const double> inputs) const {
  return rung::predict(*law, fit.theta, inputs);
}

std::vector<double> Fitted::predict(const Points& at) const {
  return rung::predict(*law, fit.theta, at);
}

std::vector<double> Fitted::replicate_predictions(std::span<const double> inputs) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < replicates.n; ++i)
    values.push_back(rung::predict(*law, replicates.theta_of(i), inputs));
  return values;
}

std::optional<Interval> Fitted::interval(std::span<const double> inputs) const {
  if (!rival) return own_interval(inputs);
  return possible_part(united(own_interval(inputs), rival->interval(inputs)), possible);
}

std::optional<Interval> Fitted::own_interval(std::span<const double> inputs) const {
  std::optional<Interval> found = interval_of_optimum(inputs);
  if (found && !holds_alternatives(*law, fit, inputs, *found)) return std::nullopt;
  // Refits stop somewhere on what the data leave open, as the fit does, and do not show how long it
  // is.
  if (found && replicates.n > 0 && !fit.alternatives.empty()) return std::nullopt;
  return possible_part(std::move(found), possible);
}

/// Ignores other parameters that fit as well.
std::optional<Interval> Fitted::interval_of_optimum(std::span<const double> inputs) const {
  if (interval_for == IntervalFor::conformal)
    return conformal ? std::optional(conformal->interval(*law, options.residual, inputs))
                     : std::nullopt;
  if (replicates.n > 0) return interval_of(replicate_predictions(inputs));
  // A linearization far out does not show the other directions in which the fit diverges; only
  // profiles look for them.
  if (fit.status == Status::unbounded &&
      !(problem && covariance_kind == CovarianceKind::delta && can_be_profiled(*problem, fit)))
    return std::nullopt;
  return fit.covariance ? covariance_interval(inputs) : std::nullopt;
}

std::optional<Interval> Fitted::interval_of(std::vector<double> values) const {
  const bool observation = interval_for == IntervalFor::observation;
  if (observation) values = with_residuals(values, residuals, options.residual, 0);
  return percentile_interval(std::move(values), options.level,
                             observation ? "bootstrap-observation" : "bootstrap-mean");
}

std::vector<std::optional<Interval>> Fitted::intervals(const Points& rows) const {
  std::vector<std::optional<Interval>> found = own_intervals(rows);
  if (!rival) return found;
  const std::vector<std::optional<Interval>> others = rival->intervals(rows);
  for (std::size_t i = 0; i < found.size(); ++i)
    found[i] = possible_part(united(found[i], others[i]), possible);
  return found;
}

std::vector<std::optional<Interval>> Fitted::own_intervals(const Points& rows) const {
  std::vector<std::optional<Interval>> found(rows.size());
  if (interval_for == IntervalFor::conformal) {
    std::vector<double> inputs(rows.n_inputs());
    for (std::size_t i = 0; conformal && i < rows.size(); ++i) {
      for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = rows.input(k, i);
      found[i] = conformal->interval(*law, options.residual, inputs);
    }
  } else if (replicates.n > 0) {
    if (fit.alternatives.empty()) found = replicate_intervals(rows);
  } else if (fit.covariance) {
    found =
        delta_intervals(FitProblem(*law, rows, options.loss, options.residual, options.constraints),
                        fit, rows, options.level, interval_for == IntervalFor::observation);
  }
  for (std::optional<Interval>& interval : found)
    interval = possible_part(std::move(interval), possible);
  return found;
}

/// Some rows at a time, for all of which the replicates' predictions are kept.
std::vector<std::optional<Interval>> Fitted::replicate_intervals(const Points& rows) const {
  constexpr std::size_t kRowsAtATime = 512;
  std::vector<std::optional<Interval>> intervals;
  std::vector<double> inputs(rows.n_inputs());
  for (std::size_t first = 0; first < rows.size(); first += kRowsAtATime) {
    const std::size_t n = std::min(kRowsAtATime, rows.size() - first);
    Points some(rows.n_inputs(), n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = rows.input(k, first + i);
      some.set(i, inputs, 0);
    }
    std::vector<std::vector<double>> predictions(n, std::vector<double>(replicates.n));
    for (std::size_t r = 0; r < replicates.n; ++r) {
      const std::vector<double> f = rung::predict(*law, replicates.theta_of(r), some);
      for (std::size_t i = 0; i < n; ++i) predictions[i][r] = f[i];
    }
    for (std::vector<double>& values : predictions)
      intervals.push_back(interval_of(std::move(values)));
  }
  return intervals;
}

std::optional<Interval> Fitted::covariance_interval(std::span<const double> inputs) const {
  const bool observation = interval_for == IntervalFor::observation;
  if (problem && covariance_kind == CovarianceKind::delta)
    return checked_interval(*problem, fit, inputs, options.level, observation);
  const auto here = stand_in(inputs);
  if (!here) return std::nullopt;
  return delta_interval(
      FitProblem(*law, *here, options.loss, options.residual, options.constraints), fit, inputs,
      options.level, observation);
}

/// One point on the law in place of the data: all that an interval needs of them is in the
/// covariance. Absent where the law has no such point.
std::optional<Points> Fitted::stand_in(std::span<const double> inputs) const {
  const double predicted = predict(inputs);
  if (!std::isfinite(transformed(options.residual, predicted))) return std::nullopt;
  if (options.loss.kind == LossKind::binomial && !(predicted > 0 && predicted < 1))
    return std::nullopt;
  Points here(inputs.size(), 1);
  here.set(0, inputs, predicted);
  return here;
}

PredictionGradient Fitted::gradient(std::span<const double> inputs) const {
  if (problem) return prediction_gradient(*problem, fit.theta, *fit.covariance, inputs);
  const auto here = stand_in(inputs);
  if (!here) return {kNaN, std::vector<double>(fit.covariance->coordinates.size(), kNaN)};
  return prediction_gradient(
      FitProblem(*law, *here, options.loss, options.residual, options.constraints), fit.theta,
      *fit.covariance, inputs);
}

Prediction Fitted::prediction(std::span<const double> inputs, std::optional<double> actual) const {
  const double value = predict(inputs);
  return {.predicted = std::isfinite(value) ? std::optional(value) : std::nullopt,
          .actual = actual,
          .interval = interval(inputs)};
}

std::optional<Interval> Fitted::bootstrap_interval(std::size_t parameter) const {
  if (replicates.n == 0 || !fit.alternatives.empty()) return std::nullopt;
  return percentile_interval(replicates.values_of(parameter), options.level, "bootstrap");
}

double Fitted::extrapolation(std::span<const double> inputs) const {
  double factor = 1;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    factor = std::max(factor, times_outside(inputs[k], lowest[k], highest[k]));
  return factor;
}

std::string Fitted::interval_kind() const {
  if (interval_for == IntervalFor::conformal) return conformal ? "split-conformal" : "";
  if (replicates.n > 0) return "bootstrap";
  if (!fit.covariance) return "";
  switch (covariance_kind) {
    case CovarianceKind::delta:
      return "delta";
    case CovarianceKind::sandwich:
      return "sandwich";
    case CovarianceKind::laplace:
      break;
  }
  return "laplace";
}

}  // namespace rung
