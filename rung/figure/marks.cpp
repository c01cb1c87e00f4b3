#include "rung/figure/marks.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "rung/figure/markers.hpp"
#include "rung/figure/overload.hpp"

namespace rung {
namespace {

void check_lengths(bool ok) {
  if (!ok) throw std::invalid_argument("a figure's layer has lists of different lengths");
}

constexpr double kCapBeyondMarkerPx = 2;  // so that a cap shows behind a mark that hides its bar

/// Where an end of an error bar lies: beyond the axis where it is infinite, or not positive on a
/// logarithmic one.
double end_px(const Scale& scale, double value) {
  return scale.pixel(scale.log ? std::max(value, 0.0) : value);
}

/// Error bars of one width in one frame.
class Whiskers {
 public:
  Whiskers(const Frame& frame, double half_cap_px, Shape& shape)
      : frame_(frame), box_(frame.box()), half_cap_px_(half_cap_px), shape_(shape) {}

  /// One from one point to another, upright or lying, where both are numbers and far enough apart
  /// to be seen as two.
  void add(Pixel from, Pixel to) {
    if (std::isnan(from.x + from.y) || std::isnan(to.x + to.y)) return;
    const bool upright = from.x == to.x;
    const Pixel a{end_px(frame_.x, from.x), end_px(frame_.y, from.y)};
    const Pixel b{end_px(frame_.x, to.x), end_px(frame_.y, to.y)};
    constexpr double kLeastPx = 1.5;
    if (std::abs(b.x - a.x) + std::abs(b.y - a.y) < kLeastPx) return;
    const bool seen =
        upright ? a.y <= box_.top && b.y >= box_.bottom : a.x <= box_.right && b.x >= box_.left;
    if (!seen) return;
    shape_.pieces.push_back({a, b});
    add_end(a, -1, upright);
    add_end(b, 1, upright);
  }

 private:
  /// A cap across the bar, or, where the bar leaves the frame, an arrowhead at the frame's edge.
  void add_end(Pixel end, double direction, bool upright) {
    const auto at = [&](double along, double across) {
      return upright ? Pixel{end.x + across, along} : Pixel{along, end.y + across};
    };
    const double here = upright ? end.y : end.x;
    const double lower = upright ? box_.bottom : box_.left, upper = upright ? box_.top : box_.right;
    if (here >= lower && here <= upper) {
      shape_.pieces.push_back({at(here, -half_cap_px_), at(here, half_cap_px_)});
      return;
    }
    constexpr double kHeadPx = 6, kInsetPx = 1;
    const double tip = direction > 0 ? upper - kInsetPx : lower + kInsetPx;
    const double back = tip - direction * kHeadPx;
    shape_.pieces.push_back({at(back, -kHeadPx / 2), at(tip, 0), at(back, kHeadPx / 2)});
  }

  const Frame& frame_;
  Box box_;
  double half_cap_px_;
  Shape& shape_;
};

class Drawing {
 public:
  Drawing(const Frame& frame, BarPlace place, std::vector<Shape>& shapes, std::vector<Words>& words)
      : frame_(frame), place_(place), shapes_(shapes), words_(words) {}

  void operator()(const Scatter& points) const {
    check_lengths(points.x.size() == points.y.size());
    check_lengths(points.y_lower.size() == points.y_upper.size());
    check_lengths(points.y_lower.empty() || points.y_lower.size() == points.y.size());
    check_lengths(points.x_lower.size() == points.x_upper.size());
    check_lengths(points.x_lower.empty() || points.x_lower.size() == points.x.size());
    Shape whiskers{.stroke = Stroke{points.colour, 1.2}};
    std::vector<Pixel> places;
    Whiskers bars(frame_, points.size_px / 2 + kCapBeyondMarkerPx, whiskers);
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      const double x = points.x[i], y = points.y[i];
      if (frame_.can_show(x, y)) places.push_back(frame_.pixel(x, y));
      if (!points.y_lower.empty() && frame_.x.can_show(x))
        bars.add({x, points.y_lower[i]}, {x, points.y_upper[i]});
      if (!points.x_lower.empty() && frame_.y.can_show(y))
        bars.add({points.x_lower[i], y}, {points.x_upper[i], y});
    }
    add(std::move(whiskers));
    add(markers(points, places));
  }

  void operator()(const Curve& curve) const {
    check_lengths(curve.x.size() == curve.y.size());
    Shape line{.stroke = Stroke{curve.colour, curve.width_px, curve.dash}};
    bool broken = true;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      const bool shown = frame_.can_show(curve.x[i], curve.y[i]);
      if (shown && broken) line.pieces.emplace_back();
      if (shown) line.pieces.back().push_back(frame_.pixel(curve.x[i], curve.y[i]));
      broken = !shown;
    }
    add(std::move(line));
  }

  void operator()(const Band& band) const {
    check_lengths(band.x.size() == band.lower.size() && band.x.size() == band.upper.size());
    Shape area{.fill = Fill{band.colour, band.opacity}};
    std::vector<Pixel> above, below;
    const auto close_piece = [&] {
      above.insert(above.end(), below.rbegin(), below.rend());
      if (above.size() > 2) area.pieces.push_back(above);
      above.clear();
      below.clear();
    };
    for (std::size_t i = 0; i < band.x.size(); ++i) {
      if (frame_.can_show(band.x[i], band.lower[i]) && frame_.can_show(band.x[i], band.upper[i])) {
        above.push_back(frame_.pixel(band.x[i], band.upper[i]));
        below.push_back(frame_.pixel(band.x[i], band.lower[i]));
      } else {
        close_piece();
      }
    }
    close_piece();
    add(std::move(area));
  }

  void operator()(const Rule& rule) const {
    Shape line{.stroke = Stroke{rule.colour, 1.2, rule.dash}};
    const Box box = frame_.box();
    if (rule.direction == Rule::Direction::horizontal && frame_.y.can_show(rule.at)) {
      const double y = frame_.y.pixel(rule.at);
      line.pieces.push_back({{box.left, y}, {box.right, y}});
    } else if (rule.direction == Rule::Direction::vertical && frame_.x.can_show(rule.at)) {
      const double x = frame_.x.pixel(rule.at);
      line.pieces.push_back({{x, box.bottom}, {x, box.top}});
    } else if (rule.direction == Rule::Direction::diagonal) {
      // Straight only where both axes are of a kind; else it is the curve that y = x makes.
      constexpr int kSteps = 64;
      line.pieces.emplace_back();
      for (int i = 0; i <= kSteps; ++i) {
        const double fraction = static_cast<double>(i) / kSteps;
        const double at = frame_.x.log
                              ? frame_.x.lower * std::pow(frame_.x.upper / frame_.x.lower, fraction)
                              : std::lerp(frame_.x.lower, frame_.x.upper, fraction);
        if (frame_.can_show(at, at)) line.pieces.back().push_back(frame_.pixel(at, at));
      }
    }
    add(std::move(line));
  }

  void operator()(const Bars& bars) const {
    check_lengths(bars.lower.size() == bars.upper.size());
    check_lengths(bars.lower.empty() || bars.lower.size() == bars.values.size());
    check_lengths(bars.texts.empty() || bars.texts.size() == bars.values.size());
    check_lengths(bars.colours.empty() || bars.colours.size() == bars.values.size());
    Shape whiskers{.stroke = Stroke{kInk, 1.2}};
    const double width = 0.8 / static_cast<double>(place_.count);
    for (std::size_t i = 0; i < bars.values.size(); ++i) {
      const double value = bars.values[i];
      if (!std::isfinite(value)) continue;
      const double left = static_cast<double>(i) - 0.4 + width * static_cast<double>(place_.index);
      const Pixel begin = at(left + 0.04 * width, 0), end = at(left + 0.96 * width, value);
      add({.pieces = {Box{begin.x, begin.y, end.x, end.y}.corners()},
           .fill = Fill{bars.colours.empty() ? bars.colour : bars.colours[i]}});
      double tip = value;
      if (!bars.lower.empty() && std::isfinite(bars.lower[i]) && std::isfinite(bars.upper[i])) {
        whiskers.pieces.push_back(
            {at(left + width / 2, bars.lower[i]), at(left + width / 2, bars.upper[i])});
        tip = value < 0 ? bars.lower[i] : bars.upper[i];
      }
      if (!bars.texts.empty()) add_bar_text(bars.texts[i], at(left + width / 2, tip), value < 0);
    }
    add(std::move(whiskers));
  }

  void operator()(const Heatmap& map) const {
    const Extent extent = range_of(map);
    for (std::size_t row = 0; row < map.values.size(); ++row) {
      for (std::size_t column = 0; column < map.values[row].size(); ++column) {
        draw_cell(map, extent, row, column);
      }
    }
  }

  void operator()(const Note&) const {}  // placed when all else stands
  void operator()(const Key&) const {}   // the same

 private:
  void add(Shape shape) const {
    if (!shape.pieces.empty() || !shape.centres.empty()) shapes_.push_back(std::move(shape));
  }

  bool lying() const { return frame_.y.lower > frame_.y.upper; }

  Pixel at(double category, double value) const {
    return lying() ? frame_.pixel(value, category) : frame_.pixel(category, value);
  }

  void add_bar_text(const std::string& text, Pixel tip, bool negative) const {
    const double sign = negative ? -1 : 1;
    if (lying()) {
      words_.push_back({.at = {tip.x + sign * 5, tip.y},
                        .text = with_minus_sign(text),
                        .size_px = 10.5,
                        .align = negative ? Anchor::right : Anchor::left});
    } else {
      words_.push_back({.at = {tip.x, tip.y + sign * 9},
                        .text = with_minus_sign(text),
                        .size_px = 10.5,
                        .align = Anchor::centre});
    }
  }

  static Extent range_of(const Heatmap& map) {
    Extent extent;
    for (const auto& row : map.values) {
      for (const double value : row) {
        if (std::isfinite(value)) extent.include(value);
      }
    }
    if (map.lower) extent.lower = *map.lower;
    if (map.upper) extent.upper = *map.upper;
    if (map.diverging) {
      extent.upper = std::max(std::abs(extent.lower), std::abs(extent.upper));
      extent.lower = -extent.upper;
    }
    return extent;
  }

  void draw_cell(const Heatmap& map, const Extent& extent, std::size_t row,
                 std::size_t column) const {
    const double value = map.values[row][column];
    const double x = static_cast<double>(column), y = static_cast<double>(row);
    Colour colour = kFaint;
    if (std::isfinite(value)) {
      const double span = extent.upper - extent.lower;
      const double t = span > 0 ? (value - extent.lower) / span : 0.5;
      colour = map.diverging ? diverging_colour(2 * t - 1) : sequential_colour(t);
    }
    const Pixel low = frame_.pixel(x - 0.5, y + 0.5), high = frame_.pixel(x + 0.5, y - 0.5);
    add({.pieces = {Box{low.x + 0.5, low.y + 0.5, high.x - 0.5, high.y - 0.5}.corners()},
         .fill = Fill{colour}});
    if (map.texts.empty()) return;
    check_lengths(row < map.texts.size() && column < map.texts[row].size());
    // Below this luminance white words are read more easily than black ones: on mid-blue sooner
    // than the ratio of luminances says (0.18), which takes dark pairs for more apart than they
    // look.
    constexpr double kDark = 0.3;
    words_.push_back({.at = frame_.pixel(x, y),
                      .text = with_minus_sign(map.texts[row][column]),
                      .size_px = 10.5,
                      .align = Anchor::centre,
                      .colour = colour.luminance() < kDark ? kWhite : kInk});
  }

  const Frame& frame_;
  const BarPlace place_;
  std::vector<Shape>& shapes_;
  std::vector<Words>& words_;
};

}  // namespace

void draw(const Layer& layer, const Frame& frame, BarPlace place, std::vector<Shape>& shapes,
          std::vector<Words>& words) {
  std::visit(Drawing(frame, place, shapes, words), layer);
}

void draw_sample(const Layer& layer, const Box& box, std::vector<Shape>& shapes) {
  const double middle = (box.bottom + box.top) / 2;
  const auto line = [&](Colour colour, double width_px, Dash dash) {
    shapes.push_back({.pieces = {{{box.left, middle}, {box.right, middle}}},
                      .stroke = Stroke{colour, width_px, dash}});
  };
  const auto area = [&](Colour colour, double opacity) {
    shapes.push_back({.pieces = {Box{box.left, middle - 5, box.right, middle + 5}.corners()},
                      .fill = Fill{colour, opacity}});
  };
  std::visit(Overload{[&](const Scatter& points) {
                        Scatter solid = points;
                        solid.opacity = 1;  // a lone faint point would hardly be seen
                        solid.size_px = std::max(points.size_px, 8.0);
                        shapes.push_back(markers(solid, {{(box.left + box.right) / 2, middle}}));
                      },
                      [&](const Curve& curve) { line(curve.colour, curve.width_px, curve.dash); },
                      [&](const Band& band) { area(band.colour, band.opacity); },
                      [&](const Rule& rule) { line(rule.colour, 1.2, rule.dash); },
                      [&](const Bars& bars) { area(bars.colour, 1); }, [](const Heatmap&) {},
                      [](const Note&) {}, [](const Key&) {}},
             layer);
}

const std::string& label_of(const Layer& layer) {
  static const std::string kNone;
  return std::visit(
      [](const auto& one) -> const std::string& {
        if constexpr (requires { one.label; }) {
          return one.label;
        } else {
          return kNone;
        }
      },
      layer);
}

}  // namespace rung
