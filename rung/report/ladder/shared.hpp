#pragma once
/// Small things that the ladder's reports share.

#include <cmath>
#include <optional>
#include <string>

#include "rung/core/text.hpp"
#include "rung/fit/interval/interval.hpp"
#include "rung/report/json.hpp"
#include "rung/report/text_table.hpp"

namespace rung::ladder {

/// Behind what rests on a law that the points don't identify.
inline constexpr const char* kInDoubt = " (!)";

inline NumberFormat percents(int decimals) {
  return [decimals](double x) { return percent(x, decimals); };
}

inline std::optional<double> magnitude(const std::optional<double>& value) {
  return value ? std::optional(std::abs(*value)) : std::nullopt;
}

/// null, or the interval.
Json json_or_null(const std::optional<Interval>& interval);

}  // namespace rung::ladder
