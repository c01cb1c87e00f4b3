#pragma once
/// Finds room for words near what they are about.

#include <vector>

#include "rung/figure/marks.hpp"

namespace rung {

/// Places the panel's notes one after the other where they cover the fewest marks, curves and
/// earlier notes and stay inside the frame; the nearest such place wins. Where the words end up
/// away from their point, a thin line is added that leads to what is drawn there, if anything is.
/// `shapes` gains what goes under the words.
void place_notes(const Panel& panel, const Frame& frame, std::vector<Shape>& shapes,
                 std::vector<Words>& words);

}  // namespace rung
