#include "rung/fit/optimum/curvature.hpp"

#include <algorithm>
#include <cmath>

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
  const std::size_t m = curvature.coordinates.size();
  for (const int i : curvature.coordinates) {
    const double diagonal = std::abs(hessian[at(i * (i + 1) / 2 + i)]);
    curvature.scale.push_back(diagonal > 0 ? 1 / std::sqrt(diagonal) : 1);
  }
  Matrix matrix(m, m);
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const int i = curvature.coordinates[a], j = curvature.coordinates[b];
      matrix(a, b) = hessian[at(i * (i + 1) / 2 + j)] * curvature.scale[a] * curvature.scale[b];
    }
  }
  if (m == 0 || !all_finite(matrix.values)) {
    curvature.coordinates.clear();
    return curvature;
  }
  curvature.axes = symmetric_eigen(matrix);
  return curvature;
}

}  // namespace rung
