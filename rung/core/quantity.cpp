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

}  // namespace rung
