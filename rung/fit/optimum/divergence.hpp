#pragma once
/// Is the optimum at a finite place?

#include <string>
#include <vector>

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// A direction in which parameters diverge: the objective keeps falling, or stays level, as one
/// goes to infinity or to zero, and others with it.
struct Divergence {
  Minimum furthest;     // the lowest point found, with the parameter fixed far out
  std::string towards;  // "k -> infinity, a -> 0"; empty: there is none
  /// The parameters that diverge; none where the limit is one that the law names.
  std::vector<int> diverging = {};
};

/// Fixes each parameter that is not linear at ever more extreme values, fits the rest, and looks
/// whether the objective rises again. Tried only where the minimum is not stationary, nearly flat,
/// or outside the search range.
Divergence find_divergence(const FitProblem& problem, const SearchResult& search,
                           int n_threads = 1);

}  // namespace rung
