#pragma once
/// From an axis's numbers to pixels, with round ticks.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"

namespace rung {

/// The least and the greatest number an axis has to show. Empty while lower > upper.
struct Extent {
  double lower = 1, upper = -1;
  bool from_zero = false;  // bars stand on 0: no room is left beyond it

  bool empty() const { return lower > upper; }
  void include(double value);
};

/// Whether an axis can show the value: a number that is not extreme, and on a logarithmic axis
/// positive.
bool drawable(double value, bool log);

struct Tick {
  double at = 0;
  std::string text{};
};

struct Scale {
  bool log = false;
  double lower = 0,
         upper = 1;  // at the left or bottom end, at the right or top end; may run backwards
  double begin_px = 0, length_px = 1;
  std::vector<Tick> ticks{};
  std::vector<double> minor_ticks{};

  bool can_show(double value) const;
  double pixel(double value) const;
};

/// `extent` bears only what the axis can show. A horizontal axis spaces ticks by the width of their
/// texts.
Scale make_scale(const Axis& axis, Extent extent, double length_px, bool horizontal);

/// So many significant digits, zeros too: "0.300" beside "0.295"; "1240", and from 1e6 on a power.
std::string all_digits(double value, int digits);

/// "10²¹", "3×10²¹", "1.47×10²²".
std::string power_of_ten(double value);

inline constexpr double kTickSizePx = 10.5;

}  // namespace rung
