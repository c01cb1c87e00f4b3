#pragma once
/// A figure as shapes and words at their places: all that a renderer has to know.
///
/// Lengths are CSS pixels (1/96 inch); the origin is the figure's lower left corner, y points up.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/figure/figure.hpp"

namespace rung {

struct Pixel {
  double x = 0, y = 0;
};

struct Box {
  double left = 0, bottom = 0, right = 0, top = 0;

  bool contains(Pixel p) const {
    return p.x >= left && p.x <= right && p.y >= bottom && p.y <= top;
  }
  std::vector<Pixel> corners() const {
    return {{left, bottom}, {right, bottom}, {right, top}, {left, top}};
  }
};

struct Fill {
  Colour colour{};
  double opacity = 1;
};

struct Stroke {
  Colour colour{};
  double width_px = 1;
  Dash dash = Dash::solid;
};

/// Polygons where it has a fill, else lines; and circles, all of one size.
struct Shape {
  std::vector<std::vector<Pixel>> pieces{};
  std::vector<Pixel> centres{};
  double radius_px = 0;
  std::optional<Fill> fill{};
  std::optional<Stroke> stroke{};
};

enum class Anchor { left, centre, right };

/// One line of text, centred on `at.y`.
struct Words {
  Pixel at{};
  std::string text{};
  double size_px = 11;
  bool bold = false;
  Anchor align = Anchor::left;
  double angle_degrees = 0;
  Colour colour = kInk;
};

/// Shapes of which only what lies inside the box shows, in drawing order.
struct Clip {
  Box box{};
  std::vector<Shape> shapes{};
};

/// The clips in drawing order, then the words over all of them.
struct Scene {
  double width_px = 0, height_px = 0;
  std::vector<Clip> clips{};
  std::vector<Words> words{};
};

/// How wide the text is in DejaVu Sans.
double text_width_px(std::string_view text, double size_px, bool bold = false);

/// "-1.4%" with a true minus sign, as wide as the plus.
std::string with_minus_sign(const std::string& text);

/// The text, or as much of it as fits with an ellipsis behind.
std::string shortened(const std::string& text, double size_px, bool bold, double width_px);

/// The text broken at blanks into lines of at most `width_px`, five at most; what does not fit is
/// left out.
std::vector<std::string> wrapped(const std::string& text, double size_px, bool bold,
                                 double width_px);

}  // namespace rung
