#pragma once
/// What figures of the cost and of a budget have in common: marks of a loss law's answers.

#include <algorithm>
#include <string>
#include <vector>

#include "rung/study/overtraining/cost.hpp"

namespace rung::overtraining {

inline constexpr const char* kNotToBeTrusted =
    "; not to be trusted: too far from the fitted runs, or too uncertain";

/// "0.18", "4.1", "150".
std::string factor_words(double x);

/// The ends of its interval; NaN where it has none.
void add_whisker(const Estimate& estimate, std::vector<double>& lower, std::vector<double>& upper);

/// "RedPajama (!)" where its law is in doubt.
template <class Line>
std::string marked_title(const Line& line) {
  return line.title + (line.law_in_doubt ? " (!)" : "");
}

/// Why a figure has no message: " (!): the loss law is not to be trusted"; "" where all laws are.
template <class Line>
std::string why_no_message(const std::vector<Line>& lines) {
  if (std::ranges::none_of(lines, &Line::law_in_doubt)) return "";
  return " (!): the loss law" + std::string(lines.size() == 1 ? "" : " of those marked") +
         " is not to be trusted";
}

}  // namespace rung::overtraining
