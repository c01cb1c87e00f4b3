#pragma once
/// Small multiples.

#include <cstddef>
#include <string>

#include "rung/figure/figure.hpp"

namespace rung::ladder {

/// At most so many columns; a panel that is alone gets more room.
void size_panels(Figure& figure, std::size_t most_columns);

/// "Arrow: the interval goes on", where some interval's end lies beyond its panel; else "".
std::string arrow_words(const Figure& figure);

}  // namespace rung::ladder
