#pragma once
/// Which residuals do not belong with the others, also where several hide each other.

#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung {

/// A linear fit's residuals with the square root of their weights, and how the fit follows them.
struct WeighedResiduals {
  std::vector<double> residual;
  std::vector<bool> weighs;  // rows of weight 0 count nowhere
  Matrix basis;              // [n x p], orthonormal: of the space of what the fit can predict
  bool bounded = false;  // the loss bounds the pull of what is far out: the fit stays without it
};

/// Rosner's (1983) generalized extreme studentized deviates at the 5% level: points are left out
/// one by one, each time the one that lies farthest off the fit of the others in standard
/// deviations of these; all up to the last that is too far for chance are outliers. Several hide no
/// more behind the scatter that they make. At most a fifth of the points, and fewer of very many.
std::vector<bool> outliers_among(WeighedResiduals residuals);

}  // namespace rung
