#pragma once
/// Dates and times as logs write them.

#include <optional>
#include <string_view>

namespace rung {

/// A date, perhaps with a time of day, perhaps with its zone.
struct Instant {
  double local_seconds = 0;            // since 1970, by the clock of its own zone
  std::optional<double> zone_seconds;  // east of Greenwich; absent: the text says no zone

  /// Since 1970 in Greenwich; what names no zone is read as in `zone_seconds` east of it.
  double seconds(double zone_seconds_if_none = 0) const {
    return local_seconds - zone_seconds.value_or(zone_seconds_if_none);
  }
};

/// ISO 8601 as far as logs use it: "2026-01-05", then "T" or a blank and "10:00", ":00", ".25",
/// then "Z" or "+02:00", "+0200" or "+02". Absent where the whole text is anything else, or no such
/// day or time exists.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace rung
