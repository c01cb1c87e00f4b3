#pragma once
/// White behind words, so that they can be read over lines.

#include <vector>

#include "rung/figure/marks.hpp"

namespace rung {

inline constexpr double kCover = 0.75;  // how much of what lies there a box behind words hides

/// Adds the box; the panel's bands stay as they are under it.
void add_box(const Box& box, double cover, const Panel& panel, const Frame& frame,
             std::vector<Shape>& shapes);

}  // namespace rung
