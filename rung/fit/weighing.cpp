#include "rung/fit/weighing.hpp"

#include <algorithm>

namespace rung {

std::size_t n_weighing(const Points& points) {
  const double* weights = points.weights().data();
  return points.size() -
         static_cast<std::size_t>(std::count(weights, weights + points.size(), 0.0));
}

double weight_of_square(const FitProblem& problem, std::size_t point, double f) {
  const double weight = problem.points().weight(point);
  return problem.loss().kind == LossKind::binomial ? weight / (f * (1 - f)) : weight;
}

}  // namespace rung
