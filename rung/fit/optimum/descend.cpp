#include "rung/fit/optimum/descend.hpp"

#include <cmath>

#include "rung/core/statistics.hpp"

namespace rung {
namespace {

/// The first delta is so many times the median residual.
Minimum descend_by_continuation(const FitProblem& problem, const std::vector<double>& start,
                                const MinimizeOptions& options, double times_median = 4) {
  const double last = problem.loss().shape(problem.least_huber_delta()).delta;
  Minimum minimum;
  minimum.z = start;
  for (double huber_delta = times_median * median_residual(problem, start); huber_delta > last;
       huber_delta /= 4) {
    minimum = minimize(problem, minimum.z,
                       {.max_iterations = 20,
                        .decrement_tolerance = 1e-6,
                        .weights = options.weights,
                        .huber_delta = huber_delta});
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
  return problem.loss().smooth() ? minimize(problem, start, options)
                                 : descend_by_continuation(problem, start, options);
}

Minimum descend_nearby(const FitProblem& problem, const std::vector<double>& z,
                       const MinimizeOptions& options) {
  return problem.loss().kinked() ? descend(problem, z, options) : minimize(problem, z, options);
}

Minimum descend_into_basin(const FitProblem& problem, const std::vector<double>& z,
                           const MinimizeOptions& options) {
  constexpr double kNarrow = 1.0 / 64;
  return problem.loss().kinked() ? descend_by_continuation(problem, z, options, kNarrow)
                                 : minimize(problem, z, options);
}

}  // namespace rung
