#include "rung/fit/optimum/way_back.hpp"

#include <algorithm>

#include "rung/core/index.hpp"

namespace rung {
namespace {

bool is_on_bound(const FitProblem& problem, int coordinate, double value) {
  const auto [lower, upper] = natural_bounds(problem, coordinate);
  return value <= lower || value >= upper;
}

}  // namespace

std::vector<double> doubled(std::vector<double> theta, const std::vector<int>& parameters) {
  for (const int p : parameters) theta[at(p)] = theta[at(p)] == 0 ? 1 : 2 * theta[at(p)];
  return theta;
}

bool have_no_effect(const FitProblem& problem, const std::vector<double>& theta,
                    const std::vector<int>& parameters) {
  return problem.predict(doubled(theta, parameters), problem.points()) ==
         problem.predict(theta, problem.points());
}

std::vector<bool> without_way_back(const FitProblem& problem, const SearchResult& search) {
  std::vector<bool> lost;
  if (search.minima.empty()) return lost;
  const std::vector<double> theta = problem.theta_at(search.minima.front().z);
  for (const int c : search.structure.nonlinear) {
    const int p = problem.parameter_of(c);
    lost.push_back(is_on_bound(problem, c, theta[at(p)]) || have_no_effect(problem, theta, {p}));
  }
  return lost;
}

bool any_without_way_back(const FitProblem& problem, const SearchResult& search) {
  const std::vector<bool> lost = without_way_back(problem, search);
  return std::find(lost.begin(), lost.end(), true) != lost.end();
}

}  // namespace rung
