#pragma once
/// The thin line from a point to the words about it.

#include <vector>

#include "rung/figure/obstacles.hpp"

namespace rung {

/// From the point to the box, leaving the mark at the point free; nothing where the words stand
/// beside their point.
std::vector<Pixel> leader(Pixel from, const Box& to);

/// What it takes of a frame.
std::vector<Obstacle> pieces_of(const std::vector<Pixel>& line, const Box& frame);

/// How much of the box a line's pieces take, as wide as `add_line` makes them.
double covered_by(const std::vector<Obstacle>& line, const Box& box);

bool cross(const std::vector<Pixel>& a, const std::vector<Pixel>& b);

}  // namespace rung
