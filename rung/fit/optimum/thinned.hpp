#pragma once
/// Fewer points of a fit, where a first look does not need all of them.

#include <cstddef>

#include "rung/fit/points.hpp"

namespace rung {

/// At most so many points, chosen evenly by their order; `turn` 1 chooses others than 0.
Points thinned(const Points& points, std::size_t most, std::size_t turn = 0);

}  // namespace rung
