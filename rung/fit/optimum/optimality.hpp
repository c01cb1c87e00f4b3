#pragma once
/// Is the optimum at a finite place, and is it the only one?

#include <string>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {

/// A parameter along which the objective keeps falling, or stays level, to infinity (or to zero,
/// others to infinity).
struct Escape {
  Minimum furthest;     // the lowest point found on the way, with the parameter held far out
  std::string towards;  // "k -> infinity, a -> 0"; empty: there is none
  /// The parameters that run off; none where the limit is one that the law names.
  std::vector<int> running = {};
};

/// Holds each parameter that is not linear ever further out, fits the rest, and looks whether the
/// objective comes back up. Tried only where the minimum looks suspicious: not stationary, nearly
/// flat, or outside the search range.
Escape find_escape(const FitProblem& problem, const SearchResult& search, int n_threads = 1);

/// Other parameters with the same objective within rounding that predict differently at ten times
/// the largest inputs: the other minima of the search, and what lies along the flattest direction.
std::vector<Alternative> find_alternatives(const FitProblem& problem, const SearchResult& search);

}  // namespace rung
