#include "rung/figure/leader.hpp"

#include <algorithm>
#include <cmath>

namespace rung {

std::vector<Pixel> leader(Pixel from, const Box& to) {
  constexpr double kShortestPx = 9, kMarkGapPx = 8, kWordsGapPx = 3;
  const Pixel end{std::clamp(from.x, to.left, to.right), std::clamp(from.y, to.bottom, to.top)};
  const double length = std::hypot(end.x - from.x, end.y - from.y);
  if (length < kMarkGapPx + kShortestPx + kWordsGapPx) return {};
  // Short of the words too, where it would read as a minus sign.
  const double begin = kMarkGapPx / length, stop = 1 - kWordsGapPx / length;
  return {{std::lerp(from.x, end.x, begin), std::lerp(from.y, end.y, begin)},
          {std::lerp(from.x, end.x, stop), std::lerp(from.y, end.y, stop)}};
}

std::vector<Obstacle> pieces_of(const std::vector<Pixel>& line, const Box& frame) {
  std::vector<Obstacle> pieces;
  add_line(line, 0, frame, pieces);
  return pieces;
}

double covered_by(const std::vector<Obstacle>& line, const Box& box) {
  double sum = 0;
  for (const Obstacle& piece : line) sum += overlap(piece.box, box);
  return sum;
}

bool cross(const std::vector<Pixel>& a, const std::vector<Pixel>& b) {
  if (a.empty() || b.empty()) return false;
  const auto apart = [](const std::vector<Pixel>& line, const std::vector<Pixel>& ends) {
    const auto side = [&](Pixel p) {
      return (line[1].x - line[0].x) * (p.y - line[0].y) -
             (line[1].y - line[0].y) * (p.x - line[0].x);
    };
    return side(ends[0]) * side(ends[1]) < 0;
  };
  return apart(a, b) && apart(b, a);
}

}  // namespace rung
