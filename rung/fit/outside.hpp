#pragma once
/// How far from data something lies.

#include <algorithm>

#include "rung/core/numbers.hpp"

namespace rung {

/// How many times a value lies above a range's upper end, or below its lower one; 1 inside.
/// Infinite where no factor leads from that end to the value: one of them is 0, or their signs
/// differ.
inline double times_outside(double value, double lower, double upper) {
  const auto apart = [value](double end) {
    const double ratio = value / end;
    return ratio > 0 ? std::max(ratio, 1 / ratio) : kInfinity;
  };
  return value > upper ? apart(upper) : value < lower ? apart(lower) : 1;
}

}  // namespace rung
