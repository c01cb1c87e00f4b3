#include "rung/figure/markers.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace rung {
namespace {

/// Corners in turn at the radii given, evenly spread, the first at `start` quarter turns.
std::vector<Pixel> spokes(Pixel centre, const std::vector<double>& radii, double start) {
  std::vector<Pixel> corners;
  for (std::size_t i = 0; i < radii.size(); ++i) {
    const double angle = std::numbers::pi * (start / 2 + 2 * static_cast<double>(i) /
                                                             static_cast<double>(radii.size()));
    corners.push_back(
        {centre.x + radii[i] * std::cos(angle), centre.y + radii[i] * std::sin(angle)});
  }
  return corners;
}

/// Markers of one size look equally heavy: those with less area in their circle reach beyond it.
std::vector<std::vector<Pixel>> marker_pieces(Marker marker, Pixel p, double size_px) {
  const double r = size_px / 2;
  switch (marker) {
    case Marker::circle:
      return {};  // no polygon: see markers
    case Marker::square:
      return {spokes(p, std::vector(4, 1.27 * r), 0.5)};
    case Marker::diamond:
      return {spokes(p, std::vector(4, 1.32 * r), 1)};
    case Marker::triangle:
      return {spokes(p, std::vector(3, 1.45 * r), 1)};
    case Marker::down_triangle:
      return {spokes(p, std::vector(3, 1.45 * r), 3)};
    case Marker::star: {
      const double far = 1.5 * r, near = 0.62 * r;
      return {spokes(p, {far, near, far, near, far, near, far, near, far, near}, 1)};
    }
    case Marker::plus:
      return {{{p.x - 1.1 * r, p.y}, {p.x + 1.1 * r, p.y}},
              {{p.x, p.y - 1.1 * r}, {p.x, p.y + 1.1 * r}}};
    case Marker::cross:
      return {{{p.x - r, p.y - r}, {p.x + r, p.y + r}}, {{p.x - r, p.y + r}, {p.x + r, p.y - r}}};
  }
  return {};
}

}  // namespace

Shape markers(const Scatter& points, const std::vector<Pixel>& places) {
  Shape shape;
  if (points.marker == Marker::circle) shape.centres = places, shape.radius_px = points.size_px / 2;
  for (const Pixel& place : places) {
    for (auto& piece : marker_pieces(points.marker, place, points.size_px)) {
      shape.pieces.push_back(std::move(piece));
    }
  }
  if (points.marker == Marker::plus || points.marker == Marker::cross) {
    shape.stroke = Stroke{points.colour, 1.6};
  } else if (points.filled) {
    shape.fill = Fill{points.colour, points.opacity};
    if (points.opacity == 1) shape.stroke = Stroke{kWhite, 0.6};  // keeps neighbours apart
  } else {
    shape.fill = Fill{kWhite, points.opacity};
    shape.stroke = Stroke{points.colour, 1.4};
  }
  return shape;
}

}  // namespace rung
