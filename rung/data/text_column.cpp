#include "rung/data/text_column.hpp"

#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {}  // namespace

bool is_missing_word(std::string_view text) {
  for (const std::string_view word : {"", "NA", "N/A", "null", "None", "nan", "NaN"}) {
    if (text == word) return true;
  }
  return false;
}

std::optional<NumbersOfText> numbers_of(const Texts& texts) {
  NumbersOfText result;
  result.numbers.reserve(texts.size());
  bool any = false;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::string_view text = trimmed(texts[row]);
    std::optional<double> number = parse_double(text);
    if (!number) number = parse_quantity(text);
    any |= number.has_value();
    if (!number && !is_missing_word(text)) result.other_rows.push_back(row);
    result.numbers.push_back(number.value_or(kNaN));
  }
  return any ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::vector<std::optional<Instant>>> instants_of(const Texts& texts) {
  std::vector<std::optional<Instant>> instants;
  instants.reserve(texts.size());
  bool any = false;
  for (const std::string& text : texts) {
    instants.push_back(parse_instant(text));
    if (!instants.back() && !text.empty()) return std::nullopt;
    any |= instants.back().has_value();
  }
  return any ? std::optional(std::move(instants)) : std::nullopt;
}

}  // namespace rung
