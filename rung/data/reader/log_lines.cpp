#include "rung/data/reader/log_lines.hpp"

#include <algorithm>
#include <string>

#include "rung/core/instant.hpp"

namespace rung {
namespace {

constexpr std::size_t kDate = 10, kShortestTime = 19;  // "2024-05-21", and with " 10:11:12"

bool is_time_digit(char c) { return c >= '0' && c <= '9'; }

/// Escape sequences of terminals: ESC [ … letter.
std::string without_colours(std::string_view line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      plain += line[i];
      continue;
    }
    while (i + 1 < line.size() && !(line[i] >= '@' && line[i] <= '~' && line[i] != '[')) ++i;
  }
  return plain;
}

/// The time that a line begins with, which is taken off it.
std::optional<double> take_time(std::string_view& line) {
  if (line.size() < kShortestTime || line[4] != '-' || line[7] != '-') return std::nullopt;
  if (std::string_view("T ,").find(line[kDate]) == std::string_view::npos) return std::nullopt;
  std::size_t end = kDate + 1;
  while (end < line.size() &&
         (is_time_digit(line[end]) ||
          std::string_view(":.,Z+-").find(line[end]) != std::string_view::npos))
    ++end;
  std::string text(line.substr(0, end));
  text[kDate] = 'T';
  std::replace(text.begin(), text.end(), ',', '.');
  const auto instant = parse_instant(text);
  if (!instant) return std::nullopt;
  line.remove_prefix(end);
  return instant->seconds();
}

LogLine log_line(std::string_view line) {
  LogLine read{std::nullopt, line};
  while (true) {
    std::string_view left = read.text;
    if (read.seconds && !left.empty()) left.remove_prefix(1);
    const auto seconds = take_time(left);
    if (!seconds) return read;
    read = {seconds, left};
  }
}

}  // namespace

void for_each_log_line(std::string_view content, const std::function<void(const LogLine&)>& take) {
  std::string plain;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find('\x1b') != std::string_view::npos) line = plain = without_colours(line);
    take(log_line(line));
  }
}

std::optional<std::string_view> text_between(std::string_view text, std::string_view before,
                                             std::string_view ends) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(ends));
}

}  // namespace rung
