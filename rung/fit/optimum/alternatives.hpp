#pragma once
/// Is the optimum the only one?

#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {

/// Other parameters with the same objective within rounding that predict differently at ten times
/// the largest inputs: the other minima of the search, and what lies along the flattest direction.
std::vector<Alternative> find_alternatives(const FitProblem& problem, const SearchResult& search);

/// The same for the furthest point on the way to an optimum at infinity, without its directions,
/// which are flat: the search's minima, and two parameters that take each other's place.
std::vector<Alternative> find_alternatives_far_out(const FitProblem& problem,
                                                   const SearchResult& search,
                                                   const Minimum& far_out);

}  // namespace rung
