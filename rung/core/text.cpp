#include "rung/core/text.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rung {
namespace {

/// Above what a double counts exactly, up to 309 digits before the point would be shown that mean
/// nothing.
bool is_huge(double value) { return std::isfinite(value) && std::abs(value) >= 1e15; }

constexpr double kHalfDigit = 0.05 / 1000;

/// Without the sign that a number rounded to 0 would keep: no "-0.0".
double without_signed_zero(double value, int decimals) {
  return std::abs(value) < 0.5 * std::pow(10, -decimals) ? 0 : value;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // "inf" is infinite, "1e400" is too large.
  if (std::isinf(value) && text.find_first_of("0123456789") != text.npos) return std::nullopt;
  return value;
}

std::string shortest(double value) {
  // fmt writes 3812622336 as "3812622336.0": a count reads better without the fraction.
  std::string text = fmt::format("{}", value);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string significant(double value, int digits) {
  return with_short_exponent(fmt::format("{:.{}g}", value, digits));
}

std::string with_short_exponent(std::string text) {
  const std::size_t e = text.find('e');
  if (e == text.npos) return text;
  const std::size_t digits_from = text[e + 1] == '-' ? e + 2 : e + 1;
  while (text[digits_from] == '+' || text[digits_from] == '0') text.erase(digits_from, 1);
  return text;
}

std::string fixed(double value, int decimals) {
  return is_huge(value) ? significant(value)
                        : fmt::format("{:.{}f}", without_signed_zero(value, decimals), decimals);
}

std::string percent(double ratio, int decimals, bool sign) {
  const double value = without_signed_zero(100 * ratio, decimals);
  if (is_huge(value)) return (sign && value > 0 ? "+" : "") + significant(value) + "%";
  return sign && value != 0 ? fmt::format("{:+.{}f}%", value, decimals)
                            : fmt::format("{:.{}f}%", value, decimals);
}

std::string signed_points(double change) {
  const std::string text = fixed(100 * change, 1);
  return text != "0.0" && change > 0 ? "+" + text : text;
}

std::string short_count(double count) {
  constexpr struct {
    double unit;
    const char* letter;
  } kUnits[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  if (is_huge(count)) return significant(count);
  for (const auto& [unit, letter] : kUnits) {
    // Half of the last digit shown is added, so that 999.96M reads as 1B.
    if (std::abs(count) * (1 + kHalfDigit) < unit) continue;
    std::string number = fmt::format("{:.1f}", count / unit);
    if (number.ends_with(".0")) number.resize(number.size() - 2);
    return number + letter;
  }
  return significant(count, 6);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string_view::npos;
       begin = end + 1) {
    parts.emplace_back(text.substr(begin, end - begin));
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace rung
