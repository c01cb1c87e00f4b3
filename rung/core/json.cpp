#include "rung/core/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rung {
namespace {

constexpr std::string_view kOverflow = "number overflow parsing '";

Location location_of_byte(std::string_view text, std::size_t byte, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column =
      line_start == before.npos ? before.size() : before.size() - line_start - 1;
  const auto n_newlines = std::count(before.begin(), before.end(), '\n');
  return {file, static_cast<std::size_t>(n_newlines) + 1, column + 1};
}

/// The library's message without its own place and error number: "unexpected ']'; expected …".
std::string cause(const std::string& message) {
  for (const char* start : {" - ", ": ", "] "}) {
    const std::size_t at = message.find(start);
    if (at != message.npos) return message.substr(at + std::char_traits<char>::length(start));
  }
  return message;
}

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text, const std::string& file) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::ordered_json::parse_error& error) {
    throw InputError({json_problem(text, file, error.byte, error.what())});
  } catch (const nlohmann::ordered_json::out_of_range& error) {
    throw InputError({json_problem(text, file, 0, error.what())});
  }
}

Problem json_problem(std::string_view text, const std::string& file, std::size_t byte,
                     const std::string& message) {
  const std::string what = cause(message);
  if (what.starts_with(kOverflow)) {  // its place may be missing
    const std::string number = what.substr(kOverflow.size(), what.rfind('\'') - kOverflow.size());
    return {location_of_byte(text, text.find(number), file), "not valid JSON: " + what};
  }
  const std::size_t at = byte > 0 ? byte - 1 : 0;
  const Location location = location_of_byte(text, at, file);
  if (at >= text.size()) return {location, "the JSON ends too early", "is the file complete?"};
  return {location, "not valid JSON: " + what};
}

}  // namespace rung
