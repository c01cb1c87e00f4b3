#pragma once
/// A straight line that may bend, carried on beyond its points.

#include <span>
#include <vector>

#include "rung/study/decide/gaps.hpp"

namespace rung::decide {

/// How values leave a straight line: not at all; by a random walk of their own (Brownian motion),
/// so that the last one counts most; or by one of their slope, so that the last step does.
enum class BendKind { none, of_value, of_slope };

struct Bend {
  BendKind kind = BendKind::none;
  double sd = 0;  // of what it adds between the first point and the last
};

/// A value at each x, ascending, and its noise.
struct NoisyPoints {
  std::vector<double> x, values, noise_sds;
};

struct CarriedOn {
  Lead there;  // its standard error with what the bend may add on the way
  double log_likelihood = 0;
};

/// By generalized least squares: the line is that of the points, whatever it is, and the likelihood
/// that of what it leaves (restricted).
CarriedOn carried_on(const NoisyPoints& points, const Bend& bend, double target);

}  // namespace rung::decide
