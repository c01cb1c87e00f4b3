#include "rung/figure/extents.hpp"

#include <algorithm>
#include <cmath>
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

/// What points and curves take.
Extents extents_of_values(const Panel& panel) {
  Extents extents;
  const auto add_xy = [&](const std::vector<double>& x, const std::vector<double>& y) {
    include(extents.x, panel.x, x);
    include(extents.y, panel.y, y);
  };
  for (const Layer& layer : panel.layers) {
    std::visit(Overload{[&](const Scatter& points) { add_xy(points.x, points.y); },
                        [&](const Curve& curve) {
                          include(extents.x, panel.x, curve.x);
                          if (!curve.of_interval) include(extents.y, panel.y, curve.y);
                        },
                        [&](const Band& band) { include(extents.x, panel.x, band.x); },
                        [&](const Rule& rule) { include_rule(rule, panel, extents); },
                        [&](const Bars& bars) { include_bars(bars, panel, extents); },
                        [](const Heatmap&) {},
                        [&](const Note& note) { add_xy({note.x}, {note.y}); }, [](const Key&) {}},
               layer);
  }
  return extents;
}

/// How far error bars, bands and ends of intervals may widen an axis: beyond the values by as much
/// as these span. Else one very wide interval would squeeze everything else.
Extent widest(const Extent& values, const Axis& axis) {
  const auto inward = [&](double value) { return axis.log ? std::log(value) : value; };
  const auto outward = [&](double value) { return axis.log ? std::exp(value) : value; };
  constexpr double kReach = 1;
  const double lower = inward(values.lower), upper = inward(values.upper);
  const double room = kReach * (upper - lower);
  return {outward(lower - room), outward(upper + room)};
}

void include_within(Extent& extent, const Extent& limits, const Axis& axis,
                    const std::vector<double>& values) {
  for (const double value : values) {
    if (drawable(value, axis.log)) extent.include(std::clamp(value, limits.lower, limits.upper));
  }
}

}  // namespace

Extents extents_of(const Panel& panel) {
  const Extents values = extents_of_values(panel);
  Extents extents = values;
  const auto widen = [&](Extent Extents::*which, const Axis& axis,
                         const std::vector<double>& ends) {
    const Extent& known = values.*which;
    const bool alone = known.empty() || known.lower == known.upper;
    const Extent limits = alone ? Extent{-1e300, 1e300} : widest(known, axis);
    include_within(extents.*which, limits, axis, ends);
  };
  for (const Layer& layer : panel.layers) {
    if (const Scatter* points = std::get_if<Scatter>(&layer)) {
      widen(&Extents::y, panel.y, points->y_lower);
      widen(&Extents::y, panel.y, points->y_upper);
      widen(&Extents::x, panel.x, points->x_lower);
      widen(&Extents::x, panel.x, points->x_upper);
    } else if (const Band* band = std::get_if<Band>(&layer)) {
      widen(&Extents::y, panel.y, band->lower);
      widen(&Extents::y, panel.y, band->upper);
    } else if (const Curve* curve = std::get_if<Curve>(&layer); curve && curve->of_interval) {
      widen(&Extents::y, panel.y, curve->y);
    }
  }
  return extents;
}

}  // namespace rung
