#pragma once
/// Values that there can be, which no interval leaves.

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "rung/fit/fitted.hpp"

namespace rung {

/// Of a loss; its upper end is finite as a file knows no infinity.
inline constexpr ValueRange kPossibleLosses{0, std::numeric_limits<double>::max()};
/// Of a share of questions.
inline constexpr ValueRange kPossibleShares{0, 1};

inline bool is_possible(double value, const std::optional<ValueRange>& possible) {
  return !possible || (possible->least <= value && value <= possible->most);
}

/// The end that a value lies beyond; absent of one that can be.
inline std::optional<double> end_passed(double value, const std::optional<ValueRange>& possible) {
  if (is_possible(value, possible)) return std::nullopt;
  return value < possible->least ? possible->least : possible->most;
}

/// What is said of a law's value that cannot be; "" of one that can.
std::string impossible_words(double value, const std::optional<ValueRange>& possible,
                             const std::string& law = "the law");

/// The part of an interval that is possible; absent where none is.
inline std::optional<Interval> possible_part(std::optional<Interval> interval,
                                             const std::optional<ValueRange>& possible) {
  if (!interval || !possible) return interval;
  if (interval->upper < possible->least || interval->lower > possible->most) return std::nullopt;
  interval->lower = std::max(interval->lower, possible->least);
  interval->upper = std::min(interval->upper, possible->most);
  return interval;
}

}  // namespace rung
