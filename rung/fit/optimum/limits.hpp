#pragma once
/// Laws that know where they tend when parameters run off to infinity (LawInfo::limits).

#include <string>

#include "rung/fit/problem.hpp"

namespace rung {

/// The law's own list of limits holds for this problem: least squares with no bound, prior or fixed
/// parameter.
bool limits_are_known(const FitProblem& problem);

/// What the best-fitting limit tends to, where it fits no worse than `objective`; else empty.
std::string better_limit(const FitProblem& problem, double objective);

}  // namespace rung
