#include "rung/core/quantity.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"

namespace rung {
namespace {

struct Suffix {
  std::string_view letters;
  double factor;
};

constexpr Suffix kCountSuffixes[] = {
    {"Kk", 1e3}, {"Mm", 1e6}, {"BbGg", 1e9}, {"Tt", 1e12}, {"Pp", 1e15}};
// "E" alone would read as the beginning of an exponent, and nobody counts in Z: only before a unit.
constexpr Suffix kFlopSuffixes[] = {{"E", 1e18}, {"Z", 1e21}, {"Y", 1e24}};

bool take_flop(std::string_view& text) {
  for (const std::string_view unit : {"FLOPs", "FLOPS", "FLOP", "flops", "flop"}) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    return true;
  }
  return false;
}

std::optional<double> factor_of(std::string_view suffix) {
  suffix = trimmed(suffix);
  const bool of_flops = take_flop(suffix);
  suffix = trimmed(suffix);
  if (suffix.empty()) return 1;
  if (suffix.size() > 1) return std::nullopt;
  for (const auto& [letters, factor] : kCountSuffixes) {
    if (letters.find(suffix[0]) != std::string_view::npos) return factor;
  }
  for (const auto& [letters, factor] : kFlopSuffixes) {
    if (of_flops && letters.find(suffix[0]) != std::string_view::npos) return factor;
  }
  return std::nullopt;
}

/// "1e400", a number that a double does not hold.
bool is_beyond_doubles(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = fast_float::from_chars(text.data(), end, value);
  return stop == end && std::isinf(value) && text.find_first_of("0123456789") != text.npos;
}

/// Commas after the first one to three digits and after every three from there on.
bool has_thousands(std::string_view text) {
  const std::string_view whole = text.substr(0, std::min(text.find('.'), text.size()));
  const std::vector<std::string> groups = split(whole, ',');
  const std::size_t sign = groups.front().starts_with('-') ? 1 : 0;
  return groups.front().size() <= 3 + sign &&
         std::all_of(groups.begin() + 1, groups.end(), [](const std::string& group) {
           return group.size() == 3 && group.find_first_not_of("0123456789") == group.npos;
         });
}

/// "35.4%" -> 35.4; nothing for other texts.
std::optional<double> percentage_of(std::string_view text) {
  text = trimmed(text);
  if (!text.ends_with('%')) return std::nullopt;
  const auto number = parse_double(text.substr(0, text.size() - 1));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = fast_float::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const auto factor = factor_of({stop, static_cast<std::size_t>(end - stop)});
  if (!factor || !std::isfinite(number * *factor)) return std::nullopt;
  return number * *factor;
}

std::string instead_of_percent(std::string_view text) {
  const auto percentage = percentage_of(text);
  if (!percentage) return "";
  return "write " + significant(*percentage / 100, 12) +
         " for a share, or the amount itself, as 7e9 or 7B";
}

std::string short_quantity(double value) {
  constexpr double kLeast = 1e4, kMost = 1e15, kHalf = 0.5e-4;  // of the last of four digits
  if (!(std::abs(value) >= kLeast && std::abs(value) < kMost)) return significant(value);
  const char letters[] = "TBMK";
  double unit = 1e12;
  for (const char* letter = letters; *letter != '\0'; ++letter, unit /= 1e3) {
    if (std::abs(value) * (1 + kHalf) >= unit) return significant(value / unit) + *letter;
  }
  return significant(value);
}

std::string how_to_write(std::string_view text) {
  text = trimmed(text);
  if (const auto percentage = percentage_of(text)) {
    const bool is_share = std::abs(*percentage) <= 100;
    return "write " + significant(*percentage / 100, 12) + (is_share ? ", a share," : ",") +
           " without a percent sign";
  }
  if (is_beyond_doubles(text)) return "numbers reach to 1.8e308";
  const std::size_t first = text.find(','), last = text.rfind(',');
  if (first == text.npos || first == 0) return "";
  std::string without(text);
  std::erase(without, ',');
  if (!parse_double(without)) return "";
  const bool one_comma = first == last && text.find('.') == text.npos;
  std::string with_point(text);
  with_point[first] = '.';
  const std::size_t digits = text.find_first_not_of("+-");
  const bool is_fraction = text[digits] == '0' && digits + 1 == first;  // "0,512"
  if (has_thousands(text) && !(one_comma && is_fraction))
    return "write " + without + ", without commas" +
           (one_comma ? ", or " + with_point + ", with a decimal point" : "");
  return one_comma ? "write " + with_point + ", with a decimal point" : "";
}

}  // namespace rung
