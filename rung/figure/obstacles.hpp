#pragma once
/// What words in a panel should not cover.

#include <cstddef>
#include <vector>

#include "rung/figure/marks.hpp"

namespace rung {

struct Obstacle {
  Box box;
  double weight;          // how much worse a pixel of it is than a pixel of distance
  std::size_t curve = 0;  // of which line it is a piece, from 1; 0: of none
  bool is_point = false;
};

/// The area that boxes share.
double overlap(const Box& a, const Box& b);

/// How far boxes are apart.
double gap(const Box& a, const Box& b);

Box around(Pixel centre, double width, double height);

/// A box every few pixels along the line.
void add_line(const std::vector<Pixel>& line, std::size_t curve, const Box& frame,
              std::vector<Obstacle>& obstacles);

/// Points, error bars and lines.
std::vector<Obstacle> obstacles_of(const Panel& panel, const Frame& frame);

}  // namespace rung
