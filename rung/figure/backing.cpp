#include "rung/figure/backing.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rung {
namespace {

/// The part of a band that lies in a box, as strong as what the box hides of it.
Shape part_within(const Band& band, const Frame& frame, const Box& box, double cover) {
  Shape part{.fill = Fill{band.colour, cover * band.opacity}};
  for (std::size_t i = 1; i < band.x.size(); ++i) {
    if (!frame.can_show(band.x[i - 1], band.lower[i - 1]) ||
        !frame.can_show(band.x[i], band.lower[i]))
      continue;
    const Pixel low[] = {frame.pixel(band.x[i - 1], band.lower[i - 1]),
                         frame.pixel(band.x[i], band.lower[i])};
    const Pixel high[] = {frame.pixel(band.x[i - 1], band.upper[i - 1]),
                          frame.pixel(band.x[i], band.upper[i])};
    const double left = std::max(low[0].x, box.left), right = std::min(low[1].x, box.right);
    if (!(left < right)) continue;
    const auto at = [&](const Pixel* ends, double x) {
      const double y = std::lerp(ends[0].y, ends[1].y, (x - ends[0].x) / (ends[1].x - ends[0].x));
      return Pixel{x, std::clamp(y, box.bottom, box.top)};
    };
    if (at(low, left).y == at(high, left).y && at(low, right).y == at(high, right).y) continue;
    part.pieces.push_back({at(low, left), at(low, right), at(high, right), at(high, left)});
  }
  return part;
}

}  // namespace

void add_box(const Box& box, double cover, const Panel& panel, const Frame& frame,
             std::vector<Shape>& shapes) {
  shapes.push_back({.pieces = {box.corners()}, .fill = Fill{kWhite, cover}});
  for (const Layer& layer : panel.layers) {
    const Band* band = std::get_if<Band>(&layer);
    if (!band) continue;
    Shape part = part_within(*band, frame, box, cover);
    if (!part.pieces.empty()) shapes.push_back(std::move(part));
  }
}

}  // namespace rung
