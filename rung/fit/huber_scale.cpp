#include "rung/fit/huber_scale.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/weighing.hpp"

namespace rung {
namespace {

/// E min(Z, k)^2 of a standard normal.
double normal_share() {
  constexpr double k = kHuberScales;
  const double density = std::exp(-k * k / 2) / std::sqrt(2 * std::numbers::pi);
  const double beyond = 1 - normal_cdf(k);
  return 1 - 2 * beyond - 2 * k * density + 2 * k * k * beyond;
}

double scale_at(const FitProblem& problem, const std::vector<double>& theta) {
  const Points& points = problem.points();
  const std::vector<double> fitted = problem.predict(theta, points);
  std::vector<double> residuals, weights;
  for (std::size_t i = 0; i < points.size(); ++i) {
    residuals.push_back(transformed(problem.residual(), fitted[i]) -
                        transformed(problem.residual(), points.y(i)));
    weights.push_back(points.weight(i));
  }
  return proposal_2_scale(residuals, weights, problem.n_free());
}

/// Huber's joint criterion of parameters and scale, which falls in every turn: the least by the
/// parameters alone, then by the scale alone.
class Turns {
 public:
  Turns(const Law& law, const Points& points, FitOptions options)
      : law_(law), points_(points), options_(std::move(options)) {
    options_.loss = {};
    options_.certify = false;
  }

  /// From the global optimum at one scale to the scale that suits the optimum near it; again from
  /// the global optimum at that scale, until it is the same.
  double scale() {
    constexpr int kMostTurns = 8;
    double scale = 0;
    for (int turn = 0; turn < kMostTurns; ++turn) {
      const Fit global = fit(law_, points_, options_);
      if (global.status == Status::failed) return scale;
      const double next = settle(global.theta);
      if (std::abs(next - scale) <= kSame * next) return next;
      scale = next;
      options_.loss = Loss::huber(kHuberScales * scale);
    }
    return scale;
  }

 private:
  static constexpr double kSame = 1e-9;

  double settle(const std::vector<double>& theta) {
    FitProblem problem(law_, points_, options_.loss, options_.residual, options_.constraints);
    std::vector<double> z = problem.coordinates_of(theta);
    double scale = scale_at(problem, theta);
    constexpr int kMostTurns = 200;
    for (int turn = 0; turn < kMostTurns && scale > 0; ++turn) {
      problem = problem.with_loss(Loss::huber(kHuberScales * scale));
      z = minimize(problem, z).z;
      const double next = scale_at(problem, problem.theta_at(z));
      const bool same = std::abs(next - scale) <= kSame * scale;
      scale = next;
      if (same) break;
    }
    const AlignedArray target = points_.transformed(options_.residual);
    double largest = 0;
    for (std::size_t i = 0; i < points_.size(); ++i)
      largest = std::max(largest, std::abs(target[i]));
    constexpr double kRounding = 1e-12;
    if (!(scale > kRounding * largest))
      throw InputError(
          "--loss huber:auto: the law goes through the points, whose residuals have no "
          "scale",
          "--loss huber:1e-3 needs none");
    options_.extra_starts = {problem.theta_at(z)};
    return scale;
  }

  const Law& law_;
  const Points& points_;
  FitOptions options_;
};

}  // namespace

double proposal_2_scale(std::span<const double> residuals, std::span<const double> weights,
                        int n_free) {
  double sum = 0, n = 0, squares = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (weights[i] == 0) continue;
    sum += weights[i];
    squares += weights[i] * residuals[i] * residuals[i];
    ++n;
  }
  const double of_normal = (n - n_free) * normal_share() / n;  // a point's mean, in scales squared
  double scale = std::sqrt(squares / sum / of_normal);
  // Each step is down to the root: min(r^2, (k s)^2) / s^2 falls with s.
  constexpr int kMostSteps = 1000;
  constexpr double kSame = 1e-14;
  for (int step = 0; step < kMostSteps && scale > 0; ++step) {
    double within = 0;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      const double size = std::min(std::abs(residuals[i]), kHuberScales * scale);
      within += weights[i] * size * size;
    }
    const double next = std::sqrt(within / sum / of_normal);
    const bool same = scale - next <= kSame * scale;
    scale = next;
    if (same) break;
  }
  return scale;
}

FitOptions with_estimated_scale(const Law& law, const Points& points, FitOptions options) {
  if (options.loss.kind != LossKind::huber_auto) return options;
  const FitProblem problem(law, points, {}, options.residual, options.constraints);
  if (n_weighing(points) <= static_cast<std::size_t>(problem.n_free()))
    throw InputError(
        "--loss huber:auto needs more points than parameters: their residuals say what "
        "is far off",
        "--loss huber:1e-3 needs none");
  options.loss = Loss::huber(kHuberScales * Turns(law, points, options).scale());
  return options;
}

}  // namespace rung
