#include "rung/fit/optimum/descend.hpp"

#include <cmath>

#include "rung/core/statistics.hpp"

namespace rung {
namespace {

Minimum descend_by_corners(const FitProblem& problem, const std::vector<double>& start,
                           const MinimizeOptions& options) {
  const double last = problem.loss().shape(problem.least_corner()).delta;
  Minimum minimum;
  minimum.z = start;
  for (double corner = 4 * median_residual(problem, start); corner > last; corner /= 4) {
    minimum = minimize(problem, minimum.z,
                       {.max_iterations = 20,
                        .decrement_tolerance = 1e-6,
                        .weights = options.weights,
                        .corner = corner});
  }
  return minimize(problem, minimum.z,
                  {.max_iterations = 150,
                   .start_damping = 1e-6,
                   .weights = options.weights,
                   .useful_below = options.useful_below});
}

}  // namespace

double median_residual(const FitProblem& problem, const std::vector<double>& z) {
  const std::vector<double> f = problem.predict(problem.theta_at(z), problem.points());
  std::vector<double> sizes;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const double r = transformed(problem.residual(), f[i]) -
                     transformed(problem.residual(), problem.points().y(i));
    sizes.push_back(std::isfinite(r) ? std::abs(r) : 1);
  }
  return upper_median(std::move(sizes));
}

Minimum descend(const FitProblem& problem, const std::vector<double>& start,
                const MinimizeOptions& options) {
  const bool cornered = problem.loss().kind != LossKind::squared;
  return cornered ? descend_by_corners(problem, start, options) : minimize(problem, start, options);
}

}  // namespace rung
