#include "rung/figure/table/fit.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostCurves = 6;

/// Distinct values of an input among the points, at most kMostCurves, spread evenly.
std::vector<double> levels_of(const Points& points, std::size_t k) {
  std::vector<double> values;
  for (std::size_t i = 0; i < points.size(); ++i) values.push_back(points.input(k, i));
  values = sorted_distinct(std::move(values));
  if (values.size() <= kMostCurves) return values;
  std::vector<double> picked;
  for (std::size_t i = 0; i < kMostCurves; ++i)
    picked.push_back(values[i * (values.size() - 1) / (kMostCurves - 1)]);
  return picked;
}

/// What the law says it predicts: "loss, in the unit of the data".
std::string output_words(const Fitted& fitted) {
  const std::string& output = fitted.law->info.output;
  return output.empty() ? "y" : output;
}

std::size_t nearest_level(const std::vector<double>& levels, double value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    if (std::abs(std::log(levels[i] / value)) < std::abs(std::log(levels[best] / value))) best = i;
  }
  return best;
}

Panel fit_panel(const table::FittedGroup& group) {
  const Fitted& fitted = group.fitted;
  const Points& points = *group.fitted.points;
  const std::vector<std::size_t> order = widest_inputs(fitted);
  const std::size_t x = order.front();
  Panel panel{.title = group.fitted.label,
              .x = input_axis(fitted, x),
              .y = {.label = output_words(fitted)}};
  const bool families = order.size() > 1 && fitted.lowest[order[1]] > 0 &&
                        fitted.highest[order[1]] > fitted.lowest[order[1]];
  const std::vector<double> levels =
      families ? levels_of(points, order[1]) : std::vector<double>{0};
  const std::vector<Colour> colours =
      families ? ordered_colours(levels.size()) : std::vector<Colour>{kBlue};
  const std::vector<double> grid =
      steps(fitted.lowest[x], fitted.highest[x] * (by_log(fitted, x) ? 3 : 1), by_log(fitted, x),
            kCurvePoints);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    Curve curve{.colour = colours[level]};
    Band band{.colour = colours[level], .opacity = 0.18};
    std::vector<double> inputs = medians(points);
    if (families) {
      inputs[order[1]] = levels[level];
      curve.label = fitted.law->info.inputs[order[1]].name + " = " + number_words(levels[level]);
    }
    for (const double at : grid) {
      inputs[x] = at;
      curve.x.push_back(at);
      curve.y.push_back(fitted.predict(inputs));
      if (const auto interval = fitted.interval(inputs)) {
        band.x.push_back(at);
        band.lower.push_back(interval->lower);
        band.upper.push_back(interval->upper);
      }
    }
    if (!band.x.empty()) panel.layers.push_back(std::move(band));
    panel.layers.push_back(std::move(curve));
  }
  for (std::size_t level = 0; level < levels.size(); ++level) {
    Scatter scatter{.colour = colours[level], .size_px = 6};
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (families && nearest_level(levels, points.input(order[1], i)) != level) continue;
      scatter.x.push_back(points.input(x, i));
      scatter.y.push_back(points.y(i));
    }
    panel.layers.push_back(std::move(scatter));
  }
  return panel;
}

}  // namespace

Figure fit_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, groups.front().fitted.law->info.formula, fit_panel);
}

}  // namespace rung
