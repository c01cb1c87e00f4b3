#include "rung/fit/interval/laplace.hpp"

#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/linear_algebra.hpp"

namespace rung {

std::optional<Covariance> laplace_covariance(const FitProblem& problem,
                                             const std::vector<double>& theta) {
  const std::vector<double> z = problem.coordinates_of(theta);
  const int n = problem.n_free();
  std::vector<double> gradient(z.size()), hessian(z.size() * (z.size() + 1) / 2),
      metric(hessian.size());
  problem.derivatives(z.data(), {gradient.data(), hessian.data(), metric.data()});
  Covariance covariance;
  for (int c = 0; c < n; ++c) {
    const double value = z[at(c)], slack = 1e-9 * (1 + std::abs(value));
    if (value > problem.lower(c) + slack && value < problem.upper(c) - slack)
      covariance.coordinates.push_back(c);
  }
  const std::size_t p = covariance.coordinates.size();
  if (p == 0) return std::nullopt;
  Matrix curvature(p, p);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const int a = covariance.coordinates[i], b = covariance.coordinates[j];
      curvature(i, j) = hessian[at(a * (a + 1) / 2 + b)];
    }
  }
  const auto scale = unit_diagonal_scale(curvature);
  if (!scale) return std::nullopt;
  const auto factor = cholesky(scaled_both_ways(curvature, *scale));
  if (!factor) return std::nullopt;
  covariance.matrix = scaled_both_ways(cholesky_inverse(*factor), *scale).values;
  covariance.residual_variance = covariance.estimate_variance = 1;
  constexpr double kKnownNoise = 1e6;
  covariance.dof = kKnownNoise;
  return covariance;
}

}  // namespace rung
