#include "rung/fit/optimum/curvature.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/eigen.hpp"
#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"

namespace rung {

Curvature curvature_at(const FitProblem& problem, const std::vector<double>& z) {
  const int n = problem.n_free();
  std::vector<double> gradient(at(n)), hessian(at(n * (n + 1) / 2)), metric(hessian);
  // A kinked loss has no curvature but at its kinks: it is smoothed until half of the residuals lie
  // within delta.
  const double huber_delta = problem.loss().kinked() ? median_residual(problem, z) : 0;
  problem.derivatives(z.data(), {gradient.data(), hessian.data(), metric.data()}, nullptr,
                      huber_delta);
  Curvature curvature;
  for (int c = 0; c < n; ++c) {
    if (z[at(c)] > problem.lower(c) && z[at(c)] < problem.upper(c))
      curvature.coordinates.push_back(c);
  }
  const auto m = static_cast<Eigen::Index>(curvature.coordinates.size());
  Eigen::MatrixXd matrix(m, m);
  curvature.scale.resize(m);
  for (Eigen::Index a = 0; a < m; ++a) {
    const int i = curvature.coordinates[static_cast<std::size_t>(a)];
    const double diagonal = std::abs(hessian[at(i * (i + 1) / 2 + i)]);
    curvature.scale(a) = diagonal > 0 ? 1 / std::sqrt(diagonal) : 1;
  }
  for (Eigen::Index a = 0; a < m; ++a) {
    for (Eigen::Index b = 0; b < m; ++b) {
      const int i = curvature.coordinates[static_cast<std::size_t>(std::max(a, b))];
      const int j = curvature.coordinates[static_cast<std::size_t>(std::min(a, b))];
      matrix(a, b) = hessian[at(i * (i + 1) / 2 + j)] * curvature.scale(a) * curvature.scale(b);
    }
  }
  if (m == 0 || !matrix.allFinite()) {
    curvature.coordinates.clear();
    return curvature;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  curvature.values = solver.eigenvalues();
  curvature.vectors = solver.eigenvectors();
  return curvature;
}

}  // namespace rung
