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
/// logarithmic one; no number where it is none.
double end_px(const Scale& scale, double value) {
  return scale.pixel(scale.log && value < 0 ? 0 : value);
}

/// An error bar, upright or lying, by where its ends are along it and where it stands across.
struct Whisker {
  bool upright = true;
  double lower = 0, upper = 0, across = 0;
  double half_cap_px = 0;

  Pixel at(double along, double aside) const {
    return upright ? Pixel{across + aside, along} : Pixel{along, across + aside};
  }
};

/// What an end looks like: a cap across the bar, or, where the bar leaves the frame, an arrowhead
/// at the frame's edge.
void add_end(const Whisker& whisker, bool is_upper, const Box& box, Shape& whiskers) {
  const double begin = whisker.upright ? box.bottom : box.left;
  const double end = whisker.upright ? box.top : box.right;
  const double here = is_upper ? whisker.upper : whisker.lower;
  if (here >= begin && here <= end) {
    whiskers.pieces.push_back(
        {whisker.at(here, -whisker.half_cap_px), whisker.at(here, whisker.half_cap_px)});
    return;
  }
  constexpr double kHeadPx = 6, kInsetPx = 1;
  const double tip = is_upper ? end - kInsetPx : begin + kInsetPx;
  const double back = is_upper ? tip - kHeadPx : tip + kHeadPx;
  whiskers.pieces.push_back(
      {whisker.at(back, -kHeadPx / 2), whisker.at(tip, 0), whisker.at(back, kHeadPx / 2)});
}

/// The bar with its ends, if these are far enough apart to be seen as two and not both outside.
void add_whisker(const Whisker& whisker, const Box& box, Shape& whiskers) {
  constexpr double kLeastPx = 1.5;
  if (!(whisker.upper - whisker.lower >= kLeastPx)) return;
  const double begin = whisker.upright ? box.bottom : box.left;
  const double end = whisker.upright ? box.top : box.right;
  if (whisker.lower > end || whisker.upper < begin) return;
  whiskers.pieces.push_back({whisker.at(whisker.lower, 0), whisker.at(whisker.upper, 0)});
  add_end(whisker, false, box, whiskers);
  add_end(whisker, true, box, whiskers);
}

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
    const double cap = points.size_px / 2 + kCapBeyondMarkerPx;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      const double x = points.x[i], y = points.y[i];
      if (frame_.can_show(x, y)) places.push_back(frame_.pixel(x, y));
      if (!points.y_lower.empty() && frame_.x.can_show(x))
        add_whisker({true, end_px(frame_.y, points.y_lower[i]), end_px(frame_.y, points.y_upper[i]),
                     frame_.x.pixel(x), cap},
                    frame_.box(), whiskers);
      if (!points.x_lower.empty() && frame_.y.can_show(y))
        add_whisker({false, end_px(frame_.x, points.x_lower[i]),
                     end_px(frame_.x, points.x_upper[i]), frame_.y.pixel(y), cap},
                    frame_.box(), whiskers);
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
