#pragma once
/// From a panel's layers to shapes.

#include <vector>

#include "rung/figure/extents.hpp"
#include "rung/figure/figure.hpp"
#include "rung/figure/scale.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

struct Frame {
  Scale x{}, y{};

  bool can_show(double x_value, double y_value) const {
    return x.can_show(x_value) && y.can_show(y_value);
  }
  Pixel pixel(double x_value, double y_value) const { return {x.pixel(x_value), y.pixel(y_value)}; }
  Box box() const {
    return {x.begin_px, y.begin_px, x.begin_px + x.length_px, y.begin_px + y.length_px};
  }
};

/// Bars of several layers share a category's place: this is the `index`-th of `count`.
struct BarPlace {
  std::size_t index = 0, count = 1;
};

void draw(const Layer& layer, const Frame& frame, BarPlace place, std::vector<Shape>& shapes,
          std::vector<Words>& words);

/// Draws how the layer looks into a legend entry's box; nothing for layers that have no label.
void draw_sample(const Layer& layer, const Box& box, std::vector<Shape>& shapes);

/// The layer's label, or "" for layers that have none.
const std::string& label_of(const Layer& layer);

}  // namespace rung
