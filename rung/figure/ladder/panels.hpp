#pragma once
/// Small multiples.

#include <cstddef>

#include "rung/figure/figure.hpp"

namespace rung::ladder {

/// At most so many columns; a panel that is alone gets more room.
void size_panels(Figure& figure, std::size_t most_columns);

}  // namespace rung::ladder
