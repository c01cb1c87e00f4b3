#include "rung/report/text_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/text.hpp"

namespace rung {
namespace {

/// A grid of dots, printed as the Unicode characters from U+2800.
class Braille {
 public:
  Braille(int width, int height)
      : width_(width), cells_(static_cast<std::size_t>(width * height), 0) {}

  void set(int x, int y) {
    // Bits of the dots of a character: [column][row].
    constexpr unsigned char kBits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    cells_[static_cast<std::size_t>(y / 4 * width_ + x / 2)] |= kBits[x % 2][y % 4];
  }

  std::string line(int row) const {
    std::string text;
    for (int column = 0; column < width_; ++column) {
      const unsigned char dots = cells_[static_cast<std::size_t>(row * width_ + column)];
      text += "\xe2";  // U+2800 + dots, as UTF-8
      text += static_cast<char>(0xa0 + (dots >> 6));
      text += static_cast<char>(0x80 + (dots & 0x3f));
    }
    return text;
  }

 private:
  int width_;
  std::vector<unsigned char> cells_;
};

/// y at `share` of the way, between the two points beside it.
double at_share(const TextCurve& curve, double share) {
  const double place = share * static_cast<double>(curve.size() - 1);
  const auto before = std::min(static_cast<std::size_t>(place), curve.size() - 2);
  const double rest = place - static_cast<double>(before);
  return curve[before] * (1 - rest) + curve[before + 1] * rest;
}

}  // namespace

std::string text_plot(const std::vector<TextCurve>& curves, int width, int height) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const TextCurve& curve : curves) {
    for (const double y : curve) {
      if (!std::isfinite(y)) continue;
      least = std::min(least, y);
      most = std::max(most, y);
    }
  }
  if (!(least <= most)) return "";
  const double span = most > least ? most - least : 1;
  const int n_columns = 2 * width, n_rows = 4 * height;
  Braille dots(width, height);
  for (const TextCurve& curve : curves) {
    int previous = -1;
    for (int x = 0; x < n_columns && curve.size() > 1; ++x) {
      const double y = at_share(curve, x / (n_columns - 1.0));
      if (!std::isfinite(y)) {
        previous = -1;
        continue;
      }
      const int row = static_cast<int>(std::lround((most - y) / span * (n_rows - 1)));
      dots.set(x, row);
      // A steep curve passes through the rows between.
      const int from = previous < 0 ? row : previous;
      for (int dot = std::min(from, row) + 1; dot < std::max(from, row); ++dot) dots.set(x, dot);
      previous = row;
    }
  }
  std::string text;
  for (int row = 0; row < height; ++row) {
    const std::string label = row == 0            ? significant(most, 3)
                              : row == height - 1 ? significant(least, 3)
                                                  : "";
    text += fmt::format("{:>9} {}\n", label, dots.line(row));
  }
  return text;
}

}  // namespace rung
