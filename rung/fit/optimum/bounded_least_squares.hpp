#pragma once
/// min |W^1/2 (X b - y)|^2 with bounds on b, for the few linear parameters of a law.

#include <vector>

namespace rung {

/// Normal equations X'WX b = X'Wy of m unknowns, both summed by the caller.
struct NormalEquations {
  int m = 0;
  std::vector<double> gram;  // [m x m], row-major, symmetric
  std::vector<double> rhs;   // [m]
};

/// b [m]: the minimiser inside [lower, upper], by an active-set method, exact for these sizes. A
/// singular system gets the ridge that rounding asks for. At most kMaxParameters unknowns.
void bounded_least_squares(const NormalEquations& equations, const double* lower,
                           const double* upper, double* b);

}  // namespace rung
