#pragma once
/// An interval in words and as JSON, the same for every study.

#include <optional>
#include <string>

#include "rung/fit/interval/interval.hpp"
#include "rung/report/json.hpp"

namespace rung {

/// {"level", "lower", "upper", "method"}; null where absent, as is a bound that is not finite.
Json json_interval(const std::optional<Interval>& interval);

/// "1.234 to 1.345", or "" where absent.
std::string interval_words(const std::optional<Interval>& interval);

}  // namespace rung
