#pragma once
/// Small things that the ladder's reports share.

#include <cmath>
#include <optional>
#include <string>

#include "rung/core/text.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/text_table.hpp"

namespace rung::ladder {

/// Behind what rests on a law that the points don't identify.
inline constexpr const char* kInDoubt = " (!)";
/// Behind a combined prediction that is rough only.
inline constexpr const char* kRough = " (?)";

inline NumberFormat percents(int decimals) {
  return [decimals](double x) { return percent(x, decimals); };
}

inline std::optional<double> magnitude(const std::optional<double>& value) {
  return value ? std::optional(std::abs(*value)) : std::nullopt;
}

/// A number with the mark of doubt behind it where there is reason.
inline TextCell marked_cell(const std::optional<double>& value, const NumberFormat& format,
                            bool in_doubt) {
  if (value && in_doubt) return format(*value) + kInDoubt;
  return number_cell(value);
}
inline constexpr const char* kDoubtOfFits =
    "(!) a fit behind it (of an average: behind one of its values) is not certified to be the "
    "best, "
    "or the runs don't tell it from others or don't follow it, or one of them is off";

}  // namespace rung::ladder
