#pragma once
/// What a figure shows, apart from how it is drawn.

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rung/figure/palette.hpp"

namespace rung {

enum class Marker { circle, square, triangle, diamond, down_triangle, star, plus, cross };
enum class Dash { solid, dashed, dotted, dash_dotted };
enum class TickStyle { plain, percent, count, power };  // 0.5 · 50% · 190M, 7B · 10²⁰

// A coordinate that cannot be drawn, being not finite or not positive on a logarithmic axis, is
// left out; a curve breaks there. A layer's `label` puts it into the legend. Error bars, bands and
// curves that are ends of an interval leave the frame where they reach far beyond their panel's
// other points and curves.

struct Scatter {
  std::vector<double> x{}, y{};
  std::vector<double> y_lower{}, y_upper{};  // error bars; both empty, or as long as y
  std::vector<double> x_lower{}, x_upper{};  // the same across
  Colour colour = kBlue;
  Marker marker = Marker::circle;
  double size_px = 8;  // across
  bool filled = true;
  double opacity = 1;  // of what is not filled, the white inside
  std::string label{};
};

/// Enough for a smooth curve.
inline constexpr std::size_t kCurvePoints = 80;

struct Curve {
  std::vector<double> x{}, y{};
  Colour colour = kInk;
  double width_px = 1.5;
  Dash dash = Dash::solid;
  std::string label{};
  bool of_interval = false;
};

/// The area between two curves over the same x.
struct Band {
  std::vector<double> x{}, lower{}, upper{};
  Colour colour = kGrey;
  double opacity = 0.2;
  std::string label{};
};

/// A straight reference line across the panel; a diagonal is y = x and ignores `at`.
struct Rule {
  enum class Direction { horizontal, vertical, diagonal };
  Direction direction = Direction::horizontal;
  double at = 0;
  Colour colour = kGrey;
  Dash dash = Dash::dashed;
  std::string label{};
};

/// One bar a category, from 0; several Bars of a panel stand side by side. They lie down when the y
/// axis has the categories. `texts`, one a bar or none, stand at the bars' ends.
struct Bars {
  std::vector<double> values{};
  std::vector<double> lower{}, upper{};  // error bars; both empty, or as long as values
  std::vector<std::string> texts{};
  Colour colour = kBlue;
  std::vector<Colour> colours{};  // one a bar, in place of `colour`; or none
  std::string label{};
};

/// values[row][column], row 0 on top; rows and columns are named by the axes' categories. A value
/// that is not finite is an empty cell. Colours run from `lower` to `upper` (default: the values'
/// own range), or, when diverging, over [-m, m] with m the greater of their magnitudes. `texts` is
/// empty or as large as `values`.
struct Heatmap {
  std::vector<std::vector<double>> values{};
  std::vector<std::vector<std::string>> texts{};
  bool diverging = false;
  std::optional<double> lower{}, upper{};
};

/// Words about the point (x, y), such as "+1.4%" beside a target. Placed where there is room near
/// it.
struct Note {
  double x = 0, y = 0;
  std::string text{};
  Colour colour = kInk;
  bool beside = false;   // right of the point and of the marks that stand in the way there
  bool upon = false;     // over the point itself, as a line's own label; left out without room
  bool or_none = false;  // left out where they could be taken for another point's
};

/// Lines of words in the panel's emptiest corner.
struct Key {
  struct Line {
    std::string text{};
    Colour colour = kInk;
  };
  std::vector<Line> lines{};
};

using Layer = std::variant<Scatter, Curve, Band, Rule, Bars, Heatmap, Note, Key>;

struct Axis {
  std::string label{};
  bool log = false;
  TickStyle ticks = TickStyle::plain;
  std::optional<double> lower{}, upper{};    // default: what the layers need
  std::optional<double> floor{}, ceiling{};  // no value lies beyond; neither does the default
  std::vector<std::string> categories{};     // category i stands at i; no numbers then
};

/// Later layers are drawn over earlier ones.
struct Panel {
  std::string title{};
  Axis x{}, y{};
  std::vector<Layer> layers{};
};

/// Entries of the legend that belong together: layers of which only look and label count.
struct LegendGroup {
  std::string title{};
  std::vector<Layer> samples{};
};

/// Panels in reading order. The legend stands below them; without groups of its own it lists the
/// layers' labels, each once. An axis label that a whole column (x) or row (y) shares is written
/// once.
struct Figure {
  std::string title{};
  std::string subtitle{};
  std::vector<Panel> panels{};
  std::size_t n_columns = 1;
  std::vector<LegendGroup> legend{};
  double panel_width_px = 260, panel_height_px = 190;  // the plotting area, without labels
};

}  // namespace rung
