#pragma once
/// Colours that stay apart for the colour-blind and in grey print.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rung {

struct Colour {
  std::uint32_t rgb = 0;  // 0xRRGGBB

  bool operator==(const Colour&) const = default;
  /// "#0072b2"
  std::string hex() const;
  /// Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it.
  double luminance() const;
};

/// Okabe and Ito 2008 ("Color Universal Design"), less the yellow, which is too faint for thin
/// lines on white.
inline constexpr Colour kBlack{0x000000}, kOrange{0xe69f00}, kSkyBlue{0x56b4e9}, kGreen{0x009e73},
    kBlue{0x0072b2}, kVermilion{0xd55e00}, kPurple{0xcc79a7};
inline constexpr Colour kWhite{0xffffff}, kInk{0x222222}, kGrey{0x767676}, kFaint{0xe4e4e4};

/// Colours of kinds without an order (families, methods); repeats after six.
Colour category_colour(std::size_t i);

/// `n` of them, apart: beyond six as of things with an order.
std::vector<Colour> category_colours(std::size_t n);

/// Colours of predicted targets, apart from `ordered_colours`; repeats after five.
Colour target_colour(std::size_t i);

/// `n` of them, apart: beyond five as of things with an order.
std::vector<Colour> target_colours(std::size_t n);

/// `n` colours of things with an order (model sizes), dark to light along viridis, short of its
/// yellow end.
std::vector<Colour> ordered_colours(std::size_t n);

/// t in [0, 1] -> near white to dark blue; outside it the nearest end.
Colour sequential_colour(double t);

/// t in [-1, 1] -> blue, white, vermilion.
Colour diverging_colour(double t);

}  // namespace rung
