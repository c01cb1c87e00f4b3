#pragma once
/// Which objectives are as good as the best one.

#include "rung/fit/problem.hpp"

namespace rung {

/// Objectives within this share of each other are equal as far as rounding goes.
inline constexpr double kSameObjective = 1e-9;

/// At or below this objective a fit is perfect: what is left is rounding.
double perfect_objective(const FitProblem& problem);

}  // namespace rung
