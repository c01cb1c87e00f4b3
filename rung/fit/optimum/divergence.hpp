#pragma once
/// Is the optimum at a finite place?

#include <string>
#include <vector>

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// A direction in which parameters diverge: the objective keeps falling as one goes to infinity or
/// to zero, and others with it; or it stays level beyond the search range, which the best minimum
/// itself lies outside of.
struct Divergence {
  Minimum furthest;     // the lowest point found, with the parameter fixed far out
  std::string towards;  // "k -> infinity, a -> 0"; empty: there is none
  /// The parameters that diverge; none where the limit is one that the law names.
  std::vector<int> diverging = {};
  /// What was found on the way out, all of it lower than the minimum that the search found or as
  /// low.
  std::vector<Minimum> on_the_way = {};
  /// Where the objective is level from a minimum inside the search range: it is reached there, and
  /// these parameters reach it, too.
  std::vector<Minimum> level_with_best = {};
};

/// Fixes each parameter that is not linear at ever more extreme values, fits the rest, and looks
/// whether the objective rises again. Tried only where the minimum is not stationary, nearly flat,
/// or outside the search range.
Divergence find_divergence(const FitProblem& problem, const SearchResult& search,
                           int n_threads = 1);

}  // namespace rung
