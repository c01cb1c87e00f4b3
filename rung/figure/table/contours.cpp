#include "rung/figure/table/contours.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

/// Two of a law's inputs over which its contours are drawn.
struct ContourGrid {
  std::size_t x = 0, y = 0;  // which inputs
  std::vector<double> xs, ys;
};

/// Where a function on a grid crosses `height`, as curves along the grid's columns. `inputs`: all
/// of the law's, of which the grid's two are replaced.
Curve level_line(const Fitted& fitted, std::vector<double> inputs, const ContourGrid& grid,
                 double height) {
  Curve curve;
  for (const double at : grid.xs) {
    inputs[grid.x] = at;
    const auto value = [&](double v) {
      inputs[grid.y] = v;
      return fitted.predict(inputs) - height;
    };
    double crossing = std::nan("");
    for (std::size_t i = 1; i < grid.ys.size() && std::isnan(crossing); ++i) {
      const double low = grid.ys[i - 1], high = grid.ys[i], a = value(low), b = value(high);
      if ((a <= 0) != (b <= 0)) crossing = low * std::pow(high / low, a / (a - b));
    }
    curve.x.push_back(at);
    curve.y.push_back(crossing);
  }
  return curve;
}

/// Round numbers between two predictions, about `count` of them, evenly by logarithm where the
/// predictions are positive and wide apart.
std::vector<double> round_heights(double low, double high, std::size_t count) {
  std::vector<double> heights;
  constexpr double kWide = 10;
  if (low > 0 && high / low > kWide) {
    for (double decade = std::pow(10, std::floor(std::log10(low))); decade < high; decade *= 10) {
      for (const double digit : {1, 2, 5}) heights.push_back(decade * digit);
    }
  } else {
    const double rough = (high - low) / static_cast<double>(count);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = power;
    for (const double digit : {1, 2, 5, 10}) {
      if (digit * power <= rough * 1.3) step = digit * power;
    }
    for (double i = std::ceil(low / step); i * step < high; ++i) heights.push_back(i * step);
  }
  std::erase_if(heights, [&](double height) { return height <= low || height >= high; });
  return heights;
}

/// The height, written upon the line where it is farthest from the observations and its ends.
std::optional<Note> height_note(const Curve& line, const std::string& words,
                                const Scatter& observations) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (std::isfinite(line.y[i])) drawn.push_back(i);
  }
  constexpr std::size_t kFewest = 8;  // of a shorter line nothing would be left
  if (drawn.size() < kFewest) return std::nullopt;
  std::size_t best = drawn[drawn.size() / 2];
  double farthest = -1;
  for (std::size_t k = drawn.size() / 4; k < drawn.size() * 3 / 4; ++k) {
    const std::size_t i = drawn[k];
    double nearest = kInfinity;
    for (std::size_t o = 0; o < observations.x.size(); ++o)
      nearest = std::min(nearest, std::hypot(std::log(line.x[i] / observations.x[o]),
                                             std::log(line.y[i] / observations.y[o])));
    if (nearest > farthest) farthest = nearest, best = i;
  }
  return Note{line.x[best], line.y[best], words, line.colour, false, true};
}

/// With as many decimals as each other: 3.0 beside 3.5.
std::vector<std::string> height_words(const std::vector<double>& heights) {
  std::size_t decimals = 0;
  bool plain = true;
  for (const double height : heights) {
    const std::string text = significant(height, 4);
    plain = plain && text.find('e') == std::string::npos;
    const std::size_t point = text.find('.');
    if (point != std::string::npos) decimals = std::max(decimals, text.size() - point - 1);
  }
  std::vector<std::string> words;
  for (const double height : heights)
    words.push_back(plain ? fixed(height, static_cast<int>(decimals)) : significant(height, 4));
  return words;
}

Panel contour_panel(const table::FittedGroup& group) {
  const Fitted& fitted = group.fitted;
  const Points& points = *group.fitted.points;
  const std::vector<std::size_t> order = widest_inputs(fitted);
  if (order.size() < 2 || !(fitted.lowest[order[1]] > 0))
    throw InputError("contours need a law of two positive inputs");
  const std::size_t x = std::min(order[0], order[1]), y = std::max(order[0], order[1]);
  Panel panel{.title = group.fitted.label, .x = input_axis(fitted, x), .y = input_axis(fitted, y)};
  panel.x.log = panel.y.log = true;
  const ContourGrid grid{x, y,
                         steps(fitted.lowest[x] / 2, fitted.highest[x] * 4, true, kCurvePoints),
                         steps(fitted.lowest[y] / 2, fitted.highest[y] * 4, true, 240)};
  std::vector<double> inputs = medians(points);
  inputs[x] = grid.xs.back(), inputs[y] = grid.ys.back();
  const double far = fitted.predict(inputs);
  inputs[x] = grid.xs.front(), inputs[y] = grid.ys.front();
  const double near = fitted.predict(inputs);
  constexpr std::size_t kLines = 9;
  const std::vector<double> heights =
      round_heights(std::min(near, far), std::max(near, far), kLines);
  const std::vector<std::string> words = height_words(heights);
  const std::vector<Colour> colours = ordered_colours(heights.size());
  Scatter scatter{.colour = kInk, .size_px = 5, .filled = false, .label = "observation"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    scatter.x.push_back(points.input(x, i));
    scatter.y.push_back(points.input(y, i));
  }
  std::vector<Layer> notes;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    Curve curve = level_line(fitted, inputs, grid, heights[i]);
    // Dark where the law starts from, as the points' order of size is in other pictures.
    curve.colour = colours[near > far ? heights.size() - 1 - i : i];
    if (const auto note = height_note(curve, words[i], scatter)) notes.push_back(*note);
    panel.layers.push_back(std::move(curve));
  }
  panel.layers.push_back(std::move(scatter));
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
  return panel;
}

}  // namespace

Figure contour_figure(const std::vector<table::FittedGroup>& groups, const std::string& y) {
  return panels_of(groups, "Lines of equal " + y + ", as the law predicts it", contour_panel);
}

}  // namespace rung
