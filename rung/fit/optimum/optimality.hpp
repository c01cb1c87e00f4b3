#pragma once
/// Which objectives are as good as the best one.

#include "rung/fit/problem.hpp"

namespace rung {

/// Objectives within this share of each other are equal as far as rounding goes.
inline constexpr double kSameObjective = 1e-9;

/// Held at another value, a parameter that raises the objective by no more than this share is not
/// determined: the square root of it is how many standard errors it is off.
inline constexpr double kHardlyHigher = 1e-8;

/// At or below this objective a fit is perfect: what is left is rounding.
double perfect_objective(const FitProblem& problem);

}  // namespace rung
