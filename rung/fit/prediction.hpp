#pragma once
/// A prediction beside what was measured: the one shape for every study and every report.

#include <optional>

#include "rung/fit/interval/interval.hpp"

namespace rung {

struct Prediction {
  std::optional<double> predicted;  // absent where the law has no finite value
  std::optional<double> actual;     // absent for what was not measured yet
  std::optional<Interval> interval;

  /// predicted / actual - 1, with its sign; absent where one of them is, or the actual is 0.
  std::optional<double> relative_error() const {
    if (!predicted || !actual || *actual == 0) return std::nullopt;
    return *predicted / *actual - 1;
  }
  /// Whether the interval holds the actual; absent without one of them.
  std::optional<bool> covered() const {
    if (!interval || !actual) return std::nullopt;
    return interval->lower <= *actual && *actual <= interval->upper;
  }
};

}  // namespace rung
