#include "rung/figure/crowd.hpp"

#include <algorithm>
#include <cmath>

namespace rung {

Scatter in_crowd(Scatter points, std::size_t n) {
  if (n < kCrowd) return points;
  constexpr double kLeastPx = 2.5, kLeastOpacity = 0.1, kMostOpacity = 0.6;
  const double share = std::cbrt(static_cast<double>(kCrowd) / static_cast<double>(n));
  points.size_px = std::max(kLeastPx, share * points.size_px);
  points.opacity = std::clamp(share * points.opacity, kLeastOpacity, kMostOpacity);
  points.filled = true;
  return points;
}

}  // namespace rung
