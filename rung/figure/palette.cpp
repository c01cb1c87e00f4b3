#include "rung/figure/palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace rung {
namespace {

// viridis (van der Walt and Smith 2015, CC0) at 0, 0.1, …, 1.
constexpr std::array<Colour, 11> kViridis{{{0x440154},
                                           {0x482475},
                                           {0x414487},
                                           {0x355f8d},
                                           {0x2a788e},
                                           {0x21918c},
                                           {0x22a884},
                                           {0x44bf70},
                                           {0x7ad151},
                                           {0xbddf26},
                                           {0xfde725}}};
constexpr std::array<Colour, 4> kBlues{{{0xf6f9fc}, {0x9fc7e3}, {0x0072b2}, {0x002b4d}}};
constexpr std::array kCategories{kBlue, kOrange, kGreen, kVermilion, kPurple, kSkyBlue};
constexpr std::array kTargets{kVermilion, Colour{0xa3246f}, kBlack, Colour{0x7a5520},
                              Colour{0xe58fb2}};
constexpr std::array<Colour, 3> kBlueToVermilion{{kBlue, {0xfafafa}, kVermilion}};

std::uint32_t channel(Colour colour, int shift) { return (colour.rgb >> shift) & 0xff; }

Colour on_ramp(std::span<const Colour> ramp, double t) {
  const double position = std::clamp(t, 0.0, 1.0) * static_cast<double>(ramp.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(position), ramp.size() - 2);
  Colour mixed;
  for (const int shift : {16, 8, 0}) {
    const double value = std::lerp(channel(ramp[i], shift), channel(ramp[i + 1], shift),
                                   position - static_cast<double>(i));
    mixed.rgb |= static_cast<std::uint32_t>(std::lround(value)) << shift;
  }
  return mixed;
}

}  // namespace

std::string Colour::hex() const { return fmt::format("#{:06x}", rgb); }

double Colour::luminance() const {
  const auto linear = [this](int shift) {
    const double value = channel(*this, shift) / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
}

Colour category_colour(std::size_t i) { return kCategories[i % kCategories.size()]; }

std::vector<Colour> category_colours(std::size_t n) {
  std::vector<Colour> colours = ordered_colours(n);
  for (std::size_t i = 0; i < n && n <= kCategories.size(); ++i) colours[i] = kCategories[i];
  return colours;
}

Colour target_colour(std::size_t i) { return kTargets[i % kTargets.size()]; }

std::vector<Colour> target_colours(std::size_t n) {
  std::vector<Colour> colours = ordered_colours(n);
  for (std::size_t i = 0; i < n && n <= kTargets.size(); ++i) colours[i] = kTargets[i];
  return colours;
}

std::vector<Colour> ordered_colours(std::size_t n) {
  std::vector<Colour> colours;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.5;
    colours.push_back(on_ramp(kViridis, 0.82 * t));
  }
  return colours;
}

Colour sequential_colour(double t) { return on_ramp(kBlues, t); }

Colour diverging_colour(double t) { return on_ramp(kBlueToVermilion, (t + 1) / 2); }

}  // namespace rung
