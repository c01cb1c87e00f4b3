#pragma once
/// Infinity, and what stands for a missing number.

#include <limits>

namespace rung {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Stands for a number that is missing.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace rung
