#include "rung/fit/optimum/slope_search.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/limits.hpp"

namespace rung {
namespace {

Minimum minimum_at(const FitProblem& problem, const std::vector<double>& theta, bool converged) {
  Minimum minimum;
  minimum.z = problem.coordinates_of(theta);
  minimum.objective = problem.objective(minimum.z.data());
  minimum.converged = converged;
  return minimum;
}

/// The root of the slope between two values; not converged where they do not bracket one.
Minimum minimum_between(const FitProblem& problem, LinearSolver& solver, double low, double high) {
  // Regula falsi with the Illinois rule, which closes in from both sides; the slope's rounding ends
  // it earlier.
  constexpr int kMostSteps = 60;
  constexpr double kWidth = 1e-14;
  std::vector<double> theta(at(problem.n_parameters()));
  double slope_low = solver.slope(low, theta.data()), slope_high = solver.slope(high, theta.data());
  bool bracketed = slope_low < 0 && slope_high > 0;
  double middle = low;
  for (int step = 0, last_side = 0; bracketed && step < kMostSteps; ++step) {
    middle = low + (high - low) * (slope_low / (slope_low - slope_high));
    const double slope = solver.slope(middle, theta.data());
    if (slope == 0 || high - low <= kWidth * std::max(std::abs(low), std::abs(high))) break;
    bracketed = std::isfinite(slope);
    const int side = slope < 0 ? -1 : 1;
    (side < 0 ? low : high) = middle;
    (side < 0 ? slope_low : slope_high) = slope;
    if (side == last_side) (side < 0 ? slope_high : slope_low) /= 2;
    last_side = side;
  }
  return minimum_at(problem, theta, bracketed);
}

}  // namespace

Minimum minimum_downhill(const FitProblem& problem, LinearSolver& solver, double from,
                         double step) {
  constexpr int kMostSteps = 40;
  constexpr double kMostGrowth = 10;  // of a parameter that is fitted by its logarithm, a step
  const int coordinate = solver.nonlinear_coordinate();
  const bool of_log = problem.of_log(problem.parameter_of(coordinate));
  std::vector<double> theta(at(problem.n_parameters()));
  const double first = solver.slope(from, theta.data());
  const bool up = first < 0;
  bool converged = first == 0;
  double growth = 1 + step / std::abs(from);
  for (int i = 0; i < kMostSteps && !converged;
       ++i, step *= 2, growth = std::min(growth * growth, kMostGrowth)) {
    const double next = of_log ? (up ? from * growth : from / growth)
                               : std::clamp(up ? from + step : from - step,
                                            problem.lower(coordinate), problem.upper(coordinate));
    const double slope = solver.slope(next, theta.data());
    if (!std::isfinite(slope)) break;
    if (up ? slope >= 0 : slope <= 0)
      return minimum_between(problem, solver, std::min(from, next), std::max(from, next));
    converged = next == from;  // at a bound
    from = next;
  }
  solver.slope(from, theta.data());
  return minimum_at(problem, theta, converged);
}

Minimum minimum_at_node(const FitProblem& problem, LinearSolver& solver, const SearchNodes& nodes,
                        const SolvedNodes& solved, int node) {
  const int last = static_cast<int>(nodes.count) - 1;
  const double before = *nodes.at(at(std::max(node - 1, 0)));
  const double after = *nodes.at(at(std::min(node + 1, last)));
  if (node > 0 && node < last) {
    Minimum found = minimum_between(problem, solver, before, after);
    if (found.converged && found.objective <= solved.objective(node) * (1 + 1e-9)) return found;
  }
  Minimum here;
  here.z = problem.coordinates_of(solved.theta(node));
  here.objective = solved.objective(node);
  // The law names the limits that an objective which goes on falling may tend to, and these are
  // fitted exactly (see better_limit): there is no need to follow it.
  if (limits_are_known(problem)) return here;
  Minimum found = minimum_downhill(problem, solver, *nodes.at(at(node)), after - before);
  // On its way out to infinity a scale may overflow, and its term be lost.
  return found.objective <= here.objective ? found : here;
}

}  // namespace rung
