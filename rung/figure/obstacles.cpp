#include "rung/figure/obstacles.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "rung/figure/crowd.hpp"

namespace rung {

double overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.top, b.top) - std::max(a.bottom, b.bottom);
  return width > 0 && height > 0 ? width * height : 0;
}

double gap(const Box& a, const Box& b) {
  return std::hypot(std::max({0.0, a.left - b.right, b.left - a.right}),
                    std::max({0.0, a.bottom - b.top, b.bottom - a.top}));
}

Box around(Pixel centre, double width, double height) {
  return {centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2};
}

namespace {

void add_points(const Scatter& points, const Frame& frame, std::vector<Obstacle>& obstacles) {
  const double reach = points.marker == Marker::star ? 1.5 * points.size_px : points.size_px + 2;
  // A point is not to be hidden where there is any other place; checkpoints stand in crowds.
  const double weight = points.x.size() < kCrowd ? 15 : 1;
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    if (!frame.can_show(points.x[i], points.y[i])) continue;
    obstacles.push_back(
        {around(frame.pixel(points.x[i], points.y[i]), reach, reach), weight, 0, true});
  }
}

/// Error bars, which a note would cut in two, and their ends, without which they say nothing.
void add_whiskers(const Scatter& points, const Frame& frame, std::vector<Obstacle>& obstacles) {
  constexpr double kWidthPx = 4, kWeight = 1.5, kWeightOfEnds = 10;
  const double cap = points.size_px + 4;
  // Crowds have no place beside their ends.
  const bool has_ends = points.x.size() < kCrowd;
  for (std::size_t i = 0; i < points.y_lower.size(); ++i) {
    if (!frame.can_show(points.x[i], points.y_lower[i]) ||
        !frame.can_show(points.x[i], points.y_upper[i]))
      continue;
    const Pixel low = frame.pixel(points.x[i], points.y_lower[i]);
    const Pixel high = frame.pixel(points.x[i], points.y_upper[i]);
    obstacles.push_back({{low.x - kWidthPx / 2, low.y, low.x + kWidthPx / 2, high.y}, kWeight});
    if (!has_ends) continue;
    for (const Pixel& end : {low, high})
      obstacles.push_back({around(end, cap, kWidthPx), kWeightOfEnds});
  }
  for (std::size_t i = 0; i < points.x_lower.size(); ++i) {
    if (!frame.can_show(points.x_lower[i], points.y[i]) ||
        !frame.can_show(points.x_upper[i], points.y[i]))
      continue;
    const Pixel low = frame.pixel(points.x_lower[i], points.y[i]);
    const Pixel high = frame.pixel(points.x_upper[i], points.y[i]);
    obstacles.push_back({{low.x, low.y - kWidthPx / 2, high.x, low.y + kWidthPx / 2}, kWeight});
    if (!has_ends) continue;
    for (const Pixel& end : {low, high})
      obstacles.push_back({around(end, kWidthPx, cap), kWeightOfEnds});
  }
}

}  // namespace

void add_line(const std::vector<Pixel>& line, std::size_t curve, const Box& frame,
              std::vector<Obstacle>& obstacles) {
  constexpr double kStepPx = 4, kWeight = 1.5;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Pixel a = line[i - 1], b = line[i];
    const int n = 1 + static_cast<int>(std::hypot(b.x - a.x, b.y - a.y) / kStepPx);
    for (int k = i == 1 ? 0 : 1; k <= n; ++k) {
      const double t = static_cast<double>(k) / n;
      const Pixel p{std::lerp(a.x, b.x, t), std::lerp(a.y, b.y, t)};
      if (frame.contains(p)) obstacles.push_back({around(p, kStepPx, kStepPx), kWeight, curve});
    }
  }
}

std::vector<Obstacle> obstacles_of(const Panel& panel, const Frame& frame) {
  std::vector<Obstacle> obstacles;
  std::vector<Shape> shapes;
  std::vector<Words> words;
  for (const Layer& layer : panel.layers) {
    if (const Scatter* points = std::get_if<Scatter>(&layer)) {
      add_points(*points, frame, obstacles);
      add_whiskers(*points, frame, obstacles);
    }
    if (std::holds_alternative<Curve>(layer) || std::holds_alternative<Rule>(layer)) {
      draw(layer, frame, {}, shapes, words);
    }
  }
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (const auto& piece : shapes[i].pieces) add_line(piece, i + 1, frame.box(), obstacles);
  }
  return obstacles;
}

}  // namespace rung
