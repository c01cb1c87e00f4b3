#include "rung/data/run_names.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

#include "rung/core/counted.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)); }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

std::optional<double> size_of_word(std::string word, bool letters_first) {
  if (letters_first)
    word.erase(0, std::find_if_not(word.begin(), word.end(), is_letter) - word.begin());
  const bool has_suffix =
      word.size() > 1 && std::string_view("KMBkmb").find(word.back()) != std::string_view::npos;
  if (!has_suffix || !is_digit(word.front())) return {};
  return parse_quantity(word);
}

std::optional<double> size_in(const std::string& name, bool letters_first) {
  const auto is_of_word = [](char c) { return is_letter(c) || is_digit(c) || c == '.'; };
  for (auto begin = name.begin(); begin != name.end();) {
    const auto end = std::find_if_not(begin, name.end(), is_of_word);
    if (const auto size = size_of_word(std::string(begin, end), letters_first)) return size;
    begin = end == name.end() ? end : end + 1;
  }
  return {};
}

/// Half a unit of the last digit that a size is written with, of three at most; absent for an exact
/// count.
std::optional<double> rounding_of(double size) {
  double unit = std::pow(10, std::floor(std::log10(size)));
  for (int digits = 1; digits <= 3; ++digits, unit /= 10) {
    if (std::abs(size / unit - std::round(size / unit)) < 1e-6) return unit / 2;
  }
  return std::nullopt;
}

/// Many times as large or small. Without the embedding, the smallest models have a tenth of their
/// parameters.
bool is_far_off(const NamedSize& run, double named) {
  const double far = run.with_embedding ? 5 : 30;
  return named > far * run.n_params || run.n_params > far * named;
}

/// Of counts that are rounded as names are, where neither is rounded from the other. Names often
/// are only near the exact count.
bool is_rounded_otherwise(double n_params, double named) {
  const auto of_logged = rounding_of(n_params), of_named = rounding_of(named);
  return of_logged && of_named &&
         std::abs(n_params - named) > std::max(*of_logged, *of_named) * (1 + 1e-9);
}

/// Those runs whose name says a size only behind letters count where this holds of most of them.
bool letters_stand_before_sizes(std::span<const NamedSize> runs) {
  std::ptrdiff_t agree = 0, differ = 0;
  for (const NamedSize& run : runs) {
    const auto named = size_in(run.name, true);
    if (!named || size_in_name(run.name)) continue;
    ++(is_far_off(run, *named) ? differ : agree);
  }
  return agree > differ;
}

/// 5 of "760M-5xC".
std::optional<double> length_in(const std::string& name) {
  const std::size_t unit = name.rfind("xC");
  if (unit == std::string::npos || unit == 0) return {};
  std::size_t begin = unit;
  while (begin > 0 && (is_digit(name[begin - 1]) || name[begin - 1] == '.')) --begin;
  const auto length = parse_double(name.substr(begin, unit - begin));
  return length && *length > 0 ? length : std::nullopt;
}

}  // namespace

std::optional<double> size_in_name(const std::string& name) { return size_in(name, false); }

std::string doubt_of_named_sizes(std::span<const NamedSize> runs) {
  const bool letters_first = letters_stand_before_sizes(runs);
  std::size_t n_named = 0, n_unlike = 0;
  bool any_far_off = false;
  std::string example;
  for (const NamedSize& run : runs) {
    auto named = size_in_name(run.name);
    if (!named && letters_first) named = size_in(run.name, true);
    if (!named) continue;
    ++n_named;
    const bool far_off = is_far_off(run, *named);
    if (!far_off && !(run.with_embedding && is_rounded_otherwise(run.n_params, *named))) continue;
    if (++n_unlike == 1) example = run.name + " has " + short_count(run.n_params) + " parameters";
    any_far_off = any_far_off || far_off;
  }
  if (n_unlike == 0) return "";
  const char* question = n_unlike == n_named ? "; are they counted in millions?"
                                             : "; are they mistyped? The table counts";
  return "the sizes of " + counted(n_unlike, "run") +
         " are others than their names say: " + example +
         (any_far_off ? question : " in the table, which counts");
}

std::string doubt_of_named_lengths(std::span<const NamedLength> runs) {
  constexpr double kFar = 5;
  constexpr std::size_t kLeast = 3;
  std::vector<const NamedLength*> named;
  std::vector<double> units;  // tokens a parameter that 1xC means in each
  for (const NamedLength& run : runs) {
    const auto length = length_in(run.name);
    if (!length || !(run.n_params > 0) || !(run.n_tokens > 0)) continue;
    named.push_back(&run);
    units.push_back(run.n_tokens / run.n_params / *length);
  }
  if (named.size() < kLeast) return "";
  const double usual = median(units);
  std::size_t n_unlike = 0;
  std::string example;
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (units[i] < kFar * usual && usual < kFar * units[i]) continue;
    if (++n_unlike > 1) continue;
    const double expected = named[i]->n_tokens / units[i] * usual;
    example = named[i]->name + " has " + short_count(named[i]->n_tokens) +
              " tokens, and by the other names it would have " + short_count(expected);
  }
  if (n_unlike == 0) return "";
  return "the tokens of " + counted(n_unlike, "run") + " are others than " +
         (n_unlike == 1 ? "its name says: " : "their names say: ") + example;
}

}  // namespace rung
