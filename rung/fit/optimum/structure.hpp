#pragma once
/// What a law's form allows a global search to use.

#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// Free coordinates of a problem, split: given the `nonlinear` ones the prediction is affine in the
/// parameters of the `linear` ones.
struct Structure {
  std::vector<int> linear;
  std::vector<int> nonlinear;
};

/// Found from the law's exact second derivatives, which vanish between parameters that it is linear
/// in: no law has to declare it, and a formula's is found as well.
Structure structure_of(const FitProblem& problem);

/// Where to look for each of `coordinates`, natural scale: the law's search range laid over the
/// data, inside the bounds.
struct SearchSpan {
  double low, high;
  bool by_log;  // spaced by logarithm; where zero lies inside, by logarithm to both sides of it
};
std::vector<SearchSpan> search_spans(const FitProblem& problem,
                                     const std::vector<int>& coordinates);

}  // namespace rung
