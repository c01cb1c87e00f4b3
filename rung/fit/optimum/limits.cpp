#include "rung/fit/optimum/limits.hpp"

#include <cmath>

#include "rung/core/linear_algebra.hpp"

namespace rung {
namespace {

/// The least sum of squares of a limit: its column and a constant.
double limit_objective(const FitProblem& problem, const LimitInfo& limit) {
  const Points& points = problem.points();
  std::vector<double> input;
  for (std::size_t i = 0; i < points.size(); ++i)
    input.push_back(points.input(static_cast<std::size_t>(limit.input), i));
  const std::vector<double> column = limit.column(input);
  Matrix design(points.size(), 2);
  std::vector<double> y(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double root = std::sqrt(points.weight(i));
    design(i, 0) = root;
    design(i, 1) = root * column[i];
    y[i] = root * points.y(i);
  }
  add_scaled(-1, product(design, least_squares(design, y).solution.values), y);
  return squared_norm(y);
}

}  // namespace

bool limits_are_known(const FitProblem& problem) {
  const LossShape shape = problem.loss().shape(1e-3);
  bool bounded = problem.n_free() < problem.n_parameters();
  for (int c = 0; c < problem.n_free(); ++c) {
    bounded = bounded || problem.lower(c) > -kInfinity || problem.upper(c) < kInfinity;
  }
  return !problem.law().info.limits.empty() && !bounded && !problem.has_priors() &&
         problem.residual() == Residual::raw && shape.delta == kInfinity;
}

std::string better_limit(const FitProblem& problem, double objective) {
  std::string towards;
  const Points& points = problem.points();
  bool alike = true;  // then a constant is enough
  for (std::size_t i = 1; i < points.size(); ++i) alike = alike && points.y(i) == points.y(0);
  if (alike) return towards;
  for (const LimitInfo& limit : problem.law().info.limits) {
    const double of_limit = limit_objective(problem, limit);
    if (of_limit > objective) continue;
    objective = of_limit;
    towards = limit.towards;
  }
  return towards;
}

}  // namespace rung
