#include "rung/fit/interval/laplace.hpp"

#include <cmath>

#include "rung/core/eigen.hpp"

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
    const double at = z[static_cast<std::size_t>(c)], slack = 1e-9 * (1 + std::abs(at));
    if (at > problem.lower(c) + slack && at < problem.upper(c) - slack)
      covariance.coordinates.push_back(c);
  }
  const auto p = static_cast<Eigen::Index>(covariance.coordinates.size());
  if (p == 0) return std::nullopt;
  Eigen::MatrixXd curvature(p, p);
  for (Eigen::Index i = 0; i < p; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      const auto a = static_cast<std::size_t>(covariance.coordinates[static_cast<std::size_t>(i)]);
      const auto b = static_cast<std::size_t>(covariance.coordinates[static_cast<std::size_t>(j)]);
      curvature(i, j) = curvature(j, i) = hessian[a * (a + 1) / 2 + b];
    }
  }
  const Eigen::VectorXd size = curvature.diagonal().cwiseSqrt();
  if (!size.allFinite() || size.minCoeff() <= 0) return std::nullopt;
  const Eigen::MatrixXd scale = size.cwiseInverse().asDiagonal();
  const Eigen::LLT<Eigen::MatrixXd> factor(scale * curvature * scale);
  if (factor.info() != Eigen::Success) return std::nullopt;
  const Eigen::MatrixXd matrix = scale * factor.solve(Eigen::MatrixXd::Identity(p, p)) * scale;
  covariance.matrix.assign(matrix.data(), matrix.data() + matrix.size());
  covariance.residual_variance = covariance.estimate_variance = 1;
  constexpr double kKnownNoise = 1e6;
  covariance.dof = kKnownNoise;
  return covariance;
}

}  // namespace rung
