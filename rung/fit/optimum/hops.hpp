#pragma once
/// Local searches from around the best minimum, where a global search leaves doubt.

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// Below another objective by more than rounding.
bool is_lower(const FitProblem& problem, double objective, double than);

/// From the best minimum's nonlinear parameters, each off by a random factor: where the searches
/// were too few for a certificate, where in many coordinates they did not agree (`agreed`) or end
/// at a bound, and where the objective is flat in some direction. What is lower becomes the best.
void hop_around_doubtful(const FitProblem& problem, bool agreed, SearchResult& result);

}  // namespace rung
