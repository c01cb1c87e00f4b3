#pragma once
/// Lines of what trainers print: the time that stands before a message, without colours.

#include <functional>
#include <optional>
#include <string_view>

namespace rung {

struct LogLine {
  std::optional<double> seconds;  // since 1970, by the line's own clock
  std::string_view text;          // what stands after it, blanks included
};

/// Calls `take` with each line of a log. A time is "2024-05-21 10:11:12,345", with "T" or "," for
/// the blank and a zone perhaps; of two, as where a launcher writes one before each line, the last
/// counts. What colours the terminal is left out.
void for_each_log_line(std::string_view content, const std::function<void(const LogLine&)>& take);

/// The text after `before` up to the next of the characters `ends`; absent where it isn't there.
std::optional<std::string_view> text_between(std::string_view text, std::string_view before,
                                             std::string_view ends);

}  // namespace rung
