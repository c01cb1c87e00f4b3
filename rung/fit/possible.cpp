#include "rung/fit/possible.hpp"

#include "rung/core/text.hpp"

namespace rung {
namespace {

/// With as many digits as tell it from `other`: 1.0007 is not 1.
std::string told_from(double value, double other) {
  constexpr int kMostDigits = 15;
  int digits = 4;
  while (digits < kMostDigits && significant(value, digits) == significant(other, digits)) ++digits;
  return significant(value, digits);
}

}  // namespace

std::string impossible_words(double value, const std::optional<ValueRange>& possible,
                             const std::string& law) {
  const std::optional<double> end = end_passed(value, possible);
  if (!end) return "";
  return law + " gives " + told_from(value, *end) + (value < *end ? ", below " : ", above ") +
         significant(*end) + ", where no value can be: it does not hold up to there";
}

}  // namespace rung
