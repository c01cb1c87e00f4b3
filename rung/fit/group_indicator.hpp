#pragma once
/// Inputs that are 1 in the rows of one group and 0 elsewhere, in a law for several groups.

#include <string>
#include <string_view>
#include <vector>

#include "rung/core/text.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung {

inline constexpr std::string_view kIndicatorPrefix = "is ";

inline std::string indicator_name(const std::string& group) {
  return std::string(kIndicatorPrefix) + group;
}

inline bool is_indicator(std::string_view input) { return input.starts_with(kIndicatorPrefix); }

/// A point by its group, in a law for several, and its inputs: "code, N = 1e8, D = 6e9" with
/// numbers as `number` writes them.
template <class Number>
std::string point_words(const Law& law, const Points& points, std::size_t point, Number number) {
  std::vector<std::string> groups, words;
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    const std::string& name = law.info.inputs[k].name;
    const double value = points.input(k, point);
    if (!is_indicator(name))
      words.push_back(name + " = " + number(value));
    else if (value == 1)
      groups.push_back(name.substr(kIndicatorPrefix.size()));
  }
  groups.insert(groups.end(), words.begin(), words.end());
  return join(groups, ", ");
}

}  // namespace rung
