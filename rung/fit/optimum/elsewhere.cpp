#include "rung/fit/optimum/elsewhere.hpp"

#include <algorithm>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/linear_solver.hpp"
#include "rung/fit/optimum/variable_projection.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {

std::vector<std::vector<double>> lower_elsewhere(const FitProblem& problem,
                                                 const Structure& structure, const Minimum& minimum,
                                                 const std::vector<bool>& which) {
  std::vector<std::vector<double>> found;
  LinearSolver solver(problem, structure);
  const std::vector<double> theta = problem.theta_at(minimum.z);
  std::vector<double> at_minimum, there(theta.size());
  for (const int c : structure.nonlinear) at_minimum.push_back(theta[at(problem.parameter_of(c))]);
  const int n_inside = structure.is_covered() ? 0 : 24;  // a grid has been there
  for (std::size_t k = 0; k < structure.nonlinear.size(); ++k) {
    if (!which[k]) continue;
    double lowest = minimum.objective * (1 - 1e-6) - problem.rounding(minimum.objective);
    std::vector<double> lowest_theta;
    for (const double value : values_around(
             structure.spans[k], natural_bounds(problem, structure.nonlinear[k]), n_inside)) {
      std::vector<double> nonlinear = at_minimum;
      nonlinear[k] = value;
      const double objective = solver.solve(nonlinear.data(), 3, there.data()).objective;
      if (!(objective < lowest)) continue;
      lowest = objective;
      lowest_theta = there;
    }
    if (!lowest_theta.empty()) found.push_back(lowest_theta);
  }
  return found;
}

Minimum led_back(const FitProblem& problem, const Structure& structure, Minimum minimum) {
  // Where a max or a min leaves a term out, its pieces are searched by themselves (piece_starts).
  const bool in_pieces = problem.law().pieces != nullptr;
  if (in_pieces || structure.linear.empty() || !(minimum.objective < kInfinity)) return minimum;
  const std::vector<double> theta = problem.theta_at(minimum.z);
  std::vector<bool> lost;
  for (const int c : structure.nonlinear)
    lost.push_back(have_no_effect(problem, theta, {problem.parameter_of(c)}));
  if (std::find(lost.begin(), lost.end(), true) == lost.end()) return minimum;
  for (const std::vector<double>& start : lower_elsewhere(problem, structure, minimum, lost)) {
    // With the scale profiled out no step can end where it is zero.
    Minimum found = minimize_profiled(problem, problem.coordinates_of(start), structure.nonlinear);
    if (found.objective < minimum.objective) minimum = std::move(found);
  }
  return minimum;
}

}  // namespace rung
