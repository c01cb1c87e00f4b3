#pragma once
/// What a law's form allows a global search to use.

#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// Where to look for a parameter, natural scale.
struct SearchSpan {
  double low = 0, high = 1;
  bool by_log = false;  // spaced by logarithm; where zero lies inside, to both sides of it
  double inner = 0;     // then the least size to look at; 0: a thousandth of the greatest
  bool known = true;    // by the law; else nothing is but its bounds, and the data have to say

  /// The value at a share of the span, 0 to 1.
  double at(double share) const;
  bool holds(double value) const { return low <= value && value <= high; }
  /// The least and the greatest size on the side of zero that `value` lies on.
  double least_size(double value) const;
  double greatest_size(double value) const;
};

/// Free coordinates of a problem, split: given the `nonlinear` ones the prediction is affine in the
/// parameters of the `linear` ones.
struct Structure {
  std::vector<int> linear;
  std::vector<int> nonlinear;
  std::vector<SearchSpan> spans;  // of the nonlinear ones: the law's search range laid over the
                                  // data, inside the bounds

  /// A grid over the nonlinear coordinates can have missed no minimum: there are at most two, with
  /// known search ranges.
  bool is_covered() const;
};

/// Found from the law's exact second derivatives, which vanish between parameters that it is linear
/// in: no law has to declare it, and a formula's is found as well.
Structure structure_of(const FitProblem& problem);

/// The bounds of a coordinate's parameter.
struct NaturalBounds {
  double lower, upper;
};
NaturalBounds natural_bounds(const FitProblem& problem, int coordinate);

/// Values over a span, `n_inside` of them, and far beyond its ends, inside the bounds.
std::vector<double> values_around(const SearchSpan& span, const NaturalBounds& bounds,
                                  int n_inside);

}  // namespace rung
