#include "rung/fit/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rung/fit/interval/delta.hpp"
#include "rung/fit/weighing.hpp"

namespace rung {
namespace {

/// ln |dt/dy|: what the density of y has over that of t(y).
double log_slope(Residual residual, double y) {
  switch (residual) {
    case Residual::log:
      return -std::log(y);
    case Residual::logit:
      return -std::log(y * (1 - y));
    case Residual::raw:
      break;
  }
  return 0;
}

/// Root mean square of how far off, relative, the prediction of each point is when the others alone
/// are fitted: by one Newton step from the fit (exact where the law is linear and the loss least
/// squares), which needs no refit. Absent without a covariance.
std::optional<double> leave_one_out(const FitProblem& problem, const Fit& fit) {
  const Points& points = problem.points();
  if (!fit.covariance) return std::nullopt;
  if (fit.covariance->estimate_variance == 0) return 0;  // a perfect fit, with any one left out
  const Covariance& covariance = *fit.covariance;
  const std::size_t p = covariance.coordinates.size();
  std::vector<double> fitted;
  const Matrix rows = residual_jacobian(problem, fit.theta, covariance.coordinates, fitted);
  const Matrix matrix(p, p, covariance.matrix);
  const LossShape shape = problem.loss().shape(problem.least_huber_delta());
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    const double leverage = quadratic_form(matrix, rows.row(i)) *
                            weight_of_square(problem, i, fitted[i]) / covariance.estimate_variance;
    constexpr double kAlone = 1 - 1e-9;  // nothing else says what is here
    if (!(leverage < kAlone)) return std::nullopt;
    const double t = transformed(problem.residual(), fitted[i]);
    const double r = t - transformed(problem.residual(), points.y(i));
    const double side = r > 0 ? shape.weight_over : shape.weight_under;
    const double pull = side * std::clamp(r, -shape.delta, shape.delta) / covariance.mean_slope;
    const double without = t + pull * leverage / (1 - leverage);
    sum += std::pow(back_transformed(problem.residual(), without) / points.y(i) - 1, 2);
    ++count;
  }
  const double rms = std::sqrt(sum / count);
  return std::isfinite(rms) ? std::optional(rms) : std::nullopt;
}

/// Of a share y of n questions, each answered with the chance f; n y need not be whole.
double binomial_log_likelihood(double n, double y, double f) {
  const double right = n * y, wrong = n - right;
  const double ways = std::lgamma(n + 1) - std::lgamma(right + 1) - std::lgamma(wrong + 1);
  return ways + (right > 0 ? right * std::log(f) : 0) + (wrong > 0 ? wrong * std::log1p(-f) : 0);
}

}  // namespace

Criteria criteria_of(const FitProblem& problem, const Fit& fit) {
  const Points& points = problem.points();
  const std::vector<double> fitted = problem.predict(fit.theta, points);
  Criteria result;
  result.n_parameters = static_cast<std::size_t>(problem.n_free());
  const bool binomial = problem.loss().kind == LossKind::binomial;
  double sum_of_sizes = 0, log_slopes = 0, log_weights = 0, of_questions = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    ++result.n_points;
    const double r =
        transformed(problem.residual(), points.y(i)) - transformed(problem.residual(), fitted[i]);
    result.residual_sum_of_squares += points.weight(i) * r * r;
    sum_of_sizes += points.weight(i) * std::abs(r);
    log_slopes += log_slope(problem.residual(), points.y(i));
    log_weights += std::log(points.weight(i));
    if (binomial) of_questions += binomial_log_likelihood(points.weight(i), points.y(i), fitted[i]);
  }
  const double n = static_cast<double>(result.n_points);
  // The noise counts as a parameter where it is estimated.
  const double k = static_cast<double>(result.n_parameters) + (binomial ? 0 : 1);
  const bool normal = problem.loss().kind == LossKind::squared;
  // A perfect fit has no scale; the smallest one keeps the criteria finite.
  constexpr double kSmallest = 1e-300;
  const double rss = std::max(result.residual_sum_of_squares, kSmallest);
  result.log_likelihood =
      normal ? -n / 2 * (std::log(2 * std::numbers::pi * rss / n) + 1) + log_weights / 2
             : -n * (std::log(2 * std::max(sum_of_sizes, kSmallest) / n) + 1) + log_weights;
  result.log_likelihood += log_slopes;
  if (binomial) result.log_likelihood = of_questions;
  result.aic = 2 * k - 2 * result.log_likelihood;
  result.bic = k * std::log(n) - 2 * result.log_likelihood;
  if (n > k + 1) result.aicc = result.aic + 2 * k * (k + 1) / (n - k - 1);
  result.leave_one_out = leave_one_out(problem, fit);
  return result;
}

std::vector<double> akaike_weights(const std::vector<double>& criterion) {
  std::vector<double> weights;
  if (criterion.empty()) return weights;
  const double best = *std::min_element(criterion.begin(), criterion.end());
  double sum = 0;
  for (const double value : criterion) sum += weights.emplace_back(std::exp((best - value) / 2));
  for (double& weight : weights) weight /= sum;
  return weights;
}

}  // namespace rung
