#include "rung/fit/optimum/optimality.hpp"

#include <cmath>

namespace rung {

double perfect_objective(const FitProblem& problem) {
  constexpr double kRounding = 1e-11;  // of an observation
  const AlignedArray target = problem.points().transformed(problem.residual());
  const LossShape shape = problem.loss().shape(problem.least_huber_delta());
  double total = 0;
  for (std::size_t i = 0; i < problem.points().size(); ++i) {
    const double size = kRounding * std::abs(target[i]);
    const double loss =
        size <= shape.delta ? size * size / 2 : shape.delta * (size - shape.delta / 2);
    total += problem.points().weight(i) * shape.scale * loss;
  }
  return total;
}

}  // namespace rung
