#include "rung/figure/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"

namespace rung {
namespace {

std::string superscript(int exponent) {
  constexpr std::array kDigits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(exponent))) text += kDigits[digit - '0'];
  return text;
}

std::string count_text(double value) {
  constexpr struct {
    double unit;
    const char* letter;
  } kUnits[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  const double size = std::abs(value);
  if (size >= 1e16) return power_of_ten(value);
  for (const auto& [unit, letter] : kUnits) {
    if (size >= unit) return fmt::format("{:.5g}{}", value / unit, letter);
  }
  return fmt::format("{:.5g}", value);
}

/// As many decimals as the ticks' step needs, the same on all ticks.
int decimals_of(double step) {
  int decimals = 0;
  while (decimals < 8 && std::abs(step - std::round(step)) > 1e-6 * step) {
    step *= 10;
    ++decimals;
  }
  return decimals;
}

/// `step` is 0 on a logarithmic axis, where each tick stands for itself.
std::string tick_text(double value, double step, TickStyle style) {
  if (step > 0 && std::abs(value) < 1e-9 * step) value = 0;
  switch (style) {
    case TickStyle::percent:
      return with_minus_sign(step > 0
                                 ? fmt::format("{:.{}f}%", 100 * value, decimals_of(100 * step))
                                 : fmt::format("{:.5g}%", 100 * value));
    case TickStyle::count:
      return with_minus_sign(count_text(value));
    case TickStyle::power:
      return with_minus_sign(power_of_ten(value));
    case TickStyle::plain:
      break;
  }
  const double size = std::max(std::abs(value), step);
  if (size >= 1e5 || (size > 0 && size < 1e-4)) return with_minus_sign(power_of_ten(value));
  return with_minus_sign(step > 0 ? fmt::format("{:.{}f}", value, decimals_of(step))
                                  : fmt::format("{:.5g}", value));
}

bool texts_fit(const Scale& scale, bool horizontal) {
  for (std::size_t i = 1; i < scale.ticks.size(); ++i) {
    const double distance =
        std::abs(scale.pixel(scale.ticks[i].at) - scale.pixel(scale.ticks[i - 1].at));
    const double needed = horizontal ? (text_width_px(scale.ticks[i].text, kTickSizePx) +
                                        text_width_px(scale.ticks[i - 1].text, kTickSizePx)) /
                                               2 +
                                           14
                                     : 24;
    if (distance < needed) return false;
  }
  return true;
}

bool inside(const Scale& scale, double value) {
  constexpr double kSlack =
      1e-9;  // a share of either end on a logarithmic axis, which spans decades
  if (scale.log) return value >= scale.lower * (1 - kSlack) && value <= scale.upper * (1 + kSlack);
  const double slack = kSlack * (scale.upper - scale.lower);
  return value >= scale.lower - slack && value <= scale.upper + slack;
}

std::vector<Tick> linear_ticks(const Scale& scale, double step, TickStyle style) {
  std::vector<Tick> ticks;
  for (double i = std::ceil(scale.lower / step - 1e-9); inside(scale, i * step); ++i) {
    ticks.push_back({i * step, tick_text(i * step, step, style)});
  }
  return ticks;
}

void set_linear_ticks(Scale& scale, TickStyle style, bool horizontal) {
  const double span = scale.upper - scale.lower;
  const double finest = std::pow(10, std::floor(std::log10(span / 10)));
  for (double decade = finest; decade < 100 * span; decade *= 10) {
    for (const double mantissa : {1.0, 2.0, 5.0}) {
      scale.ticks = linear_ticks(scale, mantissa * decade, style);
      if (scale.ticks.size() <= 7 && texts_fit(scale, horizontal)) return;
    }
  }
}

/// Every mantissa of every `stride`-th decade.
std::vector<Tick> log_ticks(const Scale& scale, const std::vector<int>& mantissas, int stride,
                            TickStyle style) {
  std::vector<Tick> ticks;
  const int first = static_cast<int>(std::floor(std::log10(scale.lower)));
  const int last = static_cast<int>(std::ceil(std::log10(scale.upper)));
  for (int exponent = first; exponent <= last; ++exponent) {
    if (((exponent % stride) + stride) % stride != 0) continue;
    for (const int mantissa : mantissas) {
      const double value = mantissa * std::pow(10, exponent);
      if (inside(scale, value)) ticks.push_back({value, tick_text(value, 0, style)});
    }
  }
  return ticks;
}

void set_log_ticks(Scale& scale, TickStyle style, bool horizontal) {
  for (const std::vector<int>& mantissas :
       {std::vector{1, 2, 5}, std::vector{1, 3}, std::vector{1}}) {
    scale.ticks = log_ticks(scale, mantissas, 1, style);
    if (scale.ticks.size() <= 7 && texts_fit(scale, horizontal)) break;
  }
  for (const int stride : {2, 3, 5, 10, 15, 20, 30, 50, 100, 200}) {
    if (texts_fit(scale, horizontal)) break;
    scale.ticks = log_ticks(scale, {1}, stride, style);
  }
  // Within a decade steps of one size tell more than two powers of ten, though they stand unevenly.
  const double n_decades = std::log10(scale.upper / scale.lower);
  if (n_decades < 1 && scale.ticks.size() < 3) return set_linear_ticks(scale, style, horizontal);
  if (n_decades < 8) {
    const std::vector<int> all{1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (const Tick& tick : log_ticks(scale, all, 1, style)) scale.minor_ticks.push_back(tick.at);
  }
}

/// Enough for ticks between them that differ in double precision.
bool apart(double lower, double upper) {
  return upper - lower > 1e-9 * std::max(std::abs(lower), std::abs(upper));
}

void set_range(Scale& scale, const Axis& axis, Extent extent) {
  if (extent.empty()) extent = {scale.log ? 1.0 : 0.0, scale.log ? 10.0 : 1.0};
  const auto usable = [&](const std::optional<double>& limit) {
    return limit && scale.can_show(*limit);
  };
  // The room beside the values is a share of what is shown: of 0 to 0.35% where an axis is to begin
  // at 0, not of 0.30 to 0.35%, which cuts markers.
  if (usable(axis.lower) && *axis.lower < extent.lower) extent.lower = *axis.lower;
  if (usable(axis.upper) && *axis.upper > extent.upper) extent.upper = *axis.upper;
  const auto inward = [&](double value) { return scale.log ? std::log(value) : value; };
  const auto outward = [&](double value) {
    return scale.log ? std::exp(std::clamp(value, -700.0, 700.0)) : value;
  };
  const double lower = inward(extent.lower), upper = inward(extent.upper);
  // A single value gets an axis too: a tenth of it on either side, or a factor of 1.5.
  const double alone = scale.log ? 0.4 : lower == 0 ? 1.0 : 0.1 * std::abs(lower);
  const double room = apart(lower, upper) ? 0.06 * (upper - lower) : alone;
  scale.lower = extent.from_zero && extent.lower == 0 ? 0 : outward(lower - room);
  scale.upper = extent.from_zero && extent.upper == 0 ? 0 : outward(upper + room);
  if (usable(axis.floor)) scale.lower = std::max(scale.lower, *axis.floor);
  if (usable(axis.ceiling)) scale.upper = std::min(scale.upper, *axis.ceiling);
  if (usable(axis.lower)) scale.lower = *axis.lower;
  if (usable(axis.upper)) scale.upper = *axis.upper;
  if (!apart(scale.lower, scale.upper)) scale.upper = outward(inward(scale.lower) + alone);
}

}  // namespace

std::string all_digits(double value, int digits) {
  constexpr double kMostWritten = 1e6;
  std::string text = significant(value, digits);
  if (text.find('e') != std::string::npos) {
    const double size = std::abs(value);
    return size >= 1 && size < kMostWritten ? fixed(value, 0) : power_of_ten(value);
  }
  const std::size_t leading = text.find_first_of("123456789");
  if (leading == std::string::npos) return text;
  const auto n_digits = [&] {
    const auto first = text.begin() + static_cast<long>(leading);
    return std::count_if(first, text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (n_digits() < digits && text.find('.') == std::string::npos) text += '.';
  while (n_digits() < digits) text += '0';
  return text;
}

std::string power_of_ten(double value) {
  if (value == 0) return "0";
  int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
  std::string mantissa = fmt::format("{:.3g}", value / std::pow(10, exponent));
  if (mantissa.ends_with("10")) {  // 9.999, rounded
    mantissa.pop_back();
    ++exponent;
  }
  const std::string power = "10" + superscript(exponent);
  return mantissa == "1" ? power : mantissa + "×" + power;
}

void Extent::include(double value) {
  if (empty()) {
    lower = upper = value;
  } else {
    lower = std::min(lower, value);
    upper = std::max(upper, value);
  }
}

bool drawable(double value, bool log) {
  // Beyond this the room around the data would overflow or vanish.
  constexpr double kLargest = 1e300;
  return std::abs(value) <= kLargest && (!log || value >= 1 / kLargest);
}

bool Scale::can_show(double value) const { return drawable(value, log); }

double Scale::pixel(double value) const {
  const double fraction =
      log ? std::log(value / lower) / std::log(upper / lower) : (value - lower) / (upper - lower);
  // Far outside the figure any place will do, but renderers count in few bits.
  return std::clamp(begin_px + fraction * length_px, -2e4, 2e4);
}

Scale make_scale(const Axis& axis, Extent extent, double length_px, bool horizontal) {
  Scale scale{.log = axis.log && axis.categories.empty(), .length_px = length_px};
  if (axis.categories.empty()) {
    set_range(scale, axis, extent);
    scale.log ? set_log_ticks(scale, axis.ticks, horizontal)
              : set_linear_ticks(scale, axis.ticks, horizontal);
    return scale;
  }
  scale.lower = -0.5;
  scale.upper = static_cast<double>(axis.categories.size()) - 0.5;
  if (!horizontal) std::swap(scale.lower, scale.upper);  // the first one on top
  constexpr double kLongestNamePx = 240;
  for (std::size_t i = 0; i < axis.categories.size(); ++i) {
    scale.ticks.push_back({static_cast<double>(i),
                           shortened(axis.categories[i], kTickSizePx, false, kLongestNamePx)});
  }
  return scale;
}

}  // namespace rung
