#include "rung/figure/extents.hpp"

#include <vector>

#include "rung/figure/overload.hpp"

namespace rung {
namespace {

void include(Extent& extent, const Axis& axis, double value) {
  if (drawable(value, axis.log)) extent.include(value);
}

void include(Extent& extent, const Axis& axis, const std::vector<double>& values) {
  for (const double value : values) include(extent, axis, value);
}

void include_rule(const Rule& rule, const Panel& panel, Extents& extents) {
  if (rule.direction == Rule::Direction::horizontal) include(extents.y, panel.y, rule.at);
  if (rule.direction == Rule::Direction::vertical) include(extents.x, panel.x, rule.at);
}

void include_bars(const Bars& bars, const Panel& panel, Extents& extents) {
  const bool lying = !panel.y.categories.empty();
  Extent& extent = lying ? extents.x : extents.y;
  const Axis& axis = lying ? panel.x : panel.y;
  extent.from_zero = true;
  include(extent, axis, 0);
  include(extent, axis, bars.values);
  include(extent, axis, bars.lower);
  include(extent, axis, bars.upper);
  if (bars.texts.empty() || extent.empty()) return;
  // Room for the words at the bars' ends.
  const double room = (lying ? 0.12 : 0.06) * (extent.upper - extent.lower);
  if (extent.upper > 0) extent.include(extent.upper + room);
  if (extent.lower < 0) extent.include(extent.lower - room);
}

}  // namespace

Extents extents_of(const Panel& panel) {
  Extents extents;
  const auto add_xy = [&](const std::vector<double>& x, const std::vector<double>& y) {
    include(extents.x, panel.x, x);
    include(extents.y, panel.y, y);
  };
  for (const Layer& layer : panel.layers) {
    std::visit(
        Overload{[&](const Scatter& points) {
                   add_xy(points.x, points.y);
                   include(extents.y, panel.y, points.y_lower);
                   include(extents.y, panel.y, points.y_upper);
                 },
                 [&](const Curve& curve) { add_xy(curve.x, curve.y); },
                 [&](const Band& band) {
                   add_xy(band.x, band.lower);
                   include(extents.y, panel.y, band.upper);
                 },
                 [&](const Rule& rule) { include_rule(rule, panel, extents); },
                 [&](const Bars& bars) { include_bars(bars, panel, extents); },
                 [](const Heatmap&) {}, [&](const Note& note) { add_xy({note.x}, {note.y}); }},
        layer);
  }
  return extents;
}

}  // namespace rung
