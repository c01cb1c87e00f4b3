#pragma once
/// A range that holds something with a stated probability.

#include <algorithm>
#include <optional>
#include <string>

namespace rung {

struct Interval {
  double level = 0.95;
  double lower = 0;
  double upper = 0;
  std::string method;  // "delta-mean", "bootstrap-mean"
};

/// From the lower of both beginnings to the upper end; absent where one of them is.
inline std::optional<Interval> united(std::optional<Interval> a, const std::optional<Interval>& b) {
  if (!a || !b) return std::nullopt;
  a->lower = std::min(a->lower, b->lower);
  a->upper = std::max(a->upper, b->upper);
  return a;
}

}  // namespace rung
