#pragma once
/// A look at what lies beyond the hills around a minimum.

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// Walks away from the best minimum along the profile of each nonlinear parameter: the parameter is
/// held at values ever further off, all others are fitted again from where they were. Where the
/// profile falls below the minimum, or falls again after it rose, a local search starts with the
/// parameter set free; what is found joins the minima. Walks again from a lower one, and then there
/// are not enough searches. Local searches from nodes may all end in one part of a long valley, or
/// none may start in a narrow one; a profile (Venzon and Moolgavkar 1988) leads from one to the
/// other.
void walk_along_profiles(const FitProblem& problem, SearchResult& result);

}  // namespace rung
