#pragma once
/// Curves as text, for a terminal.

#include <string>
#include <vector>

namespace rung {

/// One curve over positions from 0 (left) to 1 (right); y at equal steps, NaN where there is none.
using TextCurve = std::vector<double>;

/// Curves over each other in braille dots, two across and four down to a character: `height` lines
/// of `width` characters, each line ended, with the least and the greatest y at the left.
std::string text_plot(const std::vector<TextCurve>& curves, int width = 56, int height = 8);

}  // namespace rung
