#include "rung/core/instant.hpp"

#include <chrono>
#include <cstddef>

namespace rung {
namespace {

/// Takes parts from the front of a text; what it can't take stays.
class DateCursor {
 public:
  explicit DateCursor(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// A number of exactly `n_digits`.
  std::optional<int> digits(std::size_t n_digits) {
    if (text_.size() < n_digits) return std::nullopt;
    int value = 0;
    for (const char c : text_.substr(0, n_digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = 10 * value + (c - '0');
    }
    text_.remove_prefix(n_digits);
    return value;
  }

  /// The digits of a fraction of 1, at least one.
  std::optional<double> fraction() {
    double value = 0, unit = 0.1;
    std::size_t n = 0;
    for (; n < text_.size() && text_[n] >= '0' && text_[n] <= '9'; ++n, unit /= 10)
      value += unit * (text_[n] - '0');
    text_.remove_prefix(n);
    return n > 0 ? std::optional(value) : std::nullopt;
  }

 private:
  std::string_view text_;
};

/// Seconds from 1970 to the day's begin.
std::optional<double> take_date(DateCursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.digits(2);
  if (!month || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  constexpr double kSecondsPerDay = 86400;
  return kSecondsPerDay *
         static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

/// "10:00", "10:00:30" or "10:00:30.25" in seconds. A leap second counts as the one after it.
std::optional<double> take_time(DateCursor& cursor) {
  const auto hour = cursor.digits(2);
  if (!hour || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.digits(2);
  if (!minute || *hour > 24 || *minute > 59) return std::nullopt;
  double seconds = 3600.0 * *hour + 60.0 * *minute;
  if (!cursor.take(':')) return seconds;
  const auto second = cursor.digits(2);
  if (!second || *second > 60) return std::nullopt;
  seconds += *second;
  if (!cursor.take('.')) return seconds;
  const auto fraction = cursor.fraction();
  return fraction ? std::optional(seconds + *fraction) : std::nullopt;
}

/// "+02:00", "+0200" or "+02" in seconds; the sign is taken already.
std::optional<double> take_offset(DateCursor& cursor) {
  const auto hours = cursor.digits(2);
  if (!hours) return std::nullopt;
  if (cursor.at_end()) return 3600.0 * *hours;
  cursor.take(':');
  const auto minutes = cursor.digits(2);
  if (!minutes) return std::nullopt;
  return 3600.0 * *hours + 60.0 * *minutes;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  DateCursor cursor(text);
  const auto day = take_date(cursor);
  if (!day) return std::nullopt;
  Instant instant{*day, std::nullopt};
  if (cursor.at_end()) return instant;
  if (!cursor.take('T') && !cursor.take(' ')) return std::nullopt;
  const auto time = take_time(cursor);
  if (!time) return std::nullopt;
  instant.local_seconds += *time;
  if (cursor.at_end()) return instant;
  if (cursor.take('Z')) {
    instant.zone_seconds = 0;
  } else if (cursor.take('+')) {
    instant.zone_seconds = take_offset(cursor);
  } else if (cursor.take('-')) {
    const auto offset = take_offset(cursor);
    if (offset) instant.zone_seconds = -*offset;
  }
  if (!instant.zone_seconds || !cursor.at_end()) return std::nullopt;
  return instant;
}

}  // namespace rung
