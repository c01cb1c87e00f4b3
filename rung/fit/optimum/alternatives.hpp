#pragma once
/// Is the optimum the only one?

#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {

/// Other parameters with the same objective within rounding that predict differently at ten times
/// the largest inputs: the other minima of the search, and what lies along the flattest direction.
std::vector<Alternative> find_alternatives(const FitProblem& problem, const SearchResult& search);

}  // namespace rung
