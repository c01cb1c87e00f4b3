#include "rung/fit/optimum/optimality.hpp"

namespace rung {

double perfect_objective(const FitProblem& problem) {
  constexpr double kRoundingSquared = 1e-22;
  const AlignedArray target = problem.points().transformed(problem.residual());
  double squares = 0;
  for (std::size_t i = 0; i < problem.points().size(); ++i)
    squares += problem.points().weight(i) * target[i] * target[i];
  return kRoundingSquared * squares;
}

}  // namespace rung
