#include "rung/core/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"

namespace rung {
namespace {

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
    const std::size_t byte = error.byte > 0 ? error.byte - 1 : 0;
    const Location location = location_of_byte(text, byte, file);
    if (byte >= text.size())
      throw InputError(location, "the JSON ends too early", "is the file complete?");
    throw InputError(location, "not valid JSON: " + cause(error.what()));
  } catch (const nlohmann::ordered_json::out_of_range& error) {
    // "number overflow parsing '1e999'" comes without a place.
    const std::string what = cause(error.what());
    const std::size_t open = std::min(what.find('\''), what.size() - 1);
    const std::string number = what.substr(open + 1, what.rfind('\'') - open - 1);
    throw InputError(location_of_byte(text, text.find(number), file), "not valid JSON: " + what);
  }
}

}  // namespace rung
