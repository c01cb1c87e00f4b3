#pragma once
/// The logistic function.

#include <cmath>

namespace rung::observational {

/// Without overflow at either end.
inline double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

}  // namespace rung::observational
