#include "rung/law/repeated.hpp"

#include <charconv>

#include "rung/core/error.hpp"

namespace rung {

std::string numbered(std::string text, int number) {
  const std::string digits = std::to_string(number);
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at))
    text.replace(at, 1, digits);
  return text;
}

std::string with_sums(const std::string& formula, int times) {
  constexpr std::string_view kSum = "sum#(";
  const std::size_t begin = formula.find(kSum);
  if (begin == std::string::npos) return formula;
  std::size_t end = begin + kSum.size();
  for (int depth = 1; depth > 0; ++end) {
    if (end == formula.size()) throw InputError("sum#( has no end", "write sum#(C# * h#)");
    if (formula[end] == '(') ++depth;
    if (formula[end] == ')') --depth;
  }
  const std::string term = formula.substr(begin + kSum.size(), end - begin - kSum.size() - 1);
  std::string sum;
  for (int i = 1; i <= times; ++i) sum += (i > 1 ? " + " : "") + numbered(term, i);
  // exp(sum#(...)) has its parentheses.
  const bool inside =
      begin > 0 && formula[begin - 1] == '(' && end < formula.size() && formula[end] == ')';
  if (!inside) sum = "(" + sum + ")";
  return formula.substr(0, begin) + sum + with_sums(formula.substr(end), times);
}

std::optional<CountedName> counted_name(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(dash + 1);
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < 1)
    return std::nullopt;
  return CountedName{std::string(name.substr(0, dash)), count};
}

}  // namespace rung
