#include "rung/figure/table/residuals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/fit/group_indicator.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostNamed = 3, kMostNamedOutliers = 6;  // in a panel

/// One group's residuals: relative ones where they are fitted on a log scale.
struct Residuals {
  bool relative = false;
  std::vector<double> fitted, values;
  double robust_sd = 0;  // 1.4826 MAD
};

Residuals residuals_of(const table::FittedGroup& group) {
  const Fitted& of = group.fitted;
  Residuals result{.relative = of.options.residual == Residual::log};
  result.fitted = of.predict(*of.points);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < result.fitted.size(); ++i) {
    const double actual = group.fitted.points->y(i), fitted = result.fitted[i];
    const double value = result.relative ? actual / fitted - 1
                                         : transformed(of.options.residual, actual) -
                                               transformed(of.options.residual, fitted);
    result.values.push_back(value);
    sizes.push_back(std::abs(value));
  }
  constexpr double kOfNormal = 1.4826;
  if (!sizes.empty()) result.robust_sd = kOfNormal * median(std::move(sizes));
  return result;
}

std::string point_name(const table::FittedGroup& group, std::size_t i) {
  return point_words(*group.fitted.law, *group.fitted.points, i, number_words);
}

bool is_outlier(const table::FittedGroup& group, std::size_t i) {
  return i < group.diagnosis.points.size() && group.diagnosis.points[i].outlier;
}

/// The largest first: all that stand out where these are few; else the outliers among them. Of
/// many observations some stand out by chance.
std::vector<std::size_t> named_points(const table::FittedGroup& group, const Residuals& residuals) {
  std::vector<std::size_t> order(residuals.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(residuals.values[a]) > std::abs(residuals.values[b]);
  });
  constexpr double kStandsOut = 2;  // robust standard deviations
  std::erase_if(order, [&](std::size_t i) {
    return !(std::abs(residuals.values[i]) > kStandsOut * residuals.robust_sd);
  });
  if (order.size() > kMostNamed)
    std::erase_if(order, [&](std::size_t i) { return !is_outlier(group, i); });
  order.resize(std::min(order.size(), kMostNamedOutliers));
  return order;
}

Axis residual_axis(const table::FittedGroup& group, const Residuals& residuals) {
  if (residuals.relative) return {.label = "Actual over predicted", .ticks = TickStyle::percent};
  if (group.fitted.options.residual == Residual::raw) return {.label = "Actual less predicted"};
  return {.label =
              "Residual, " + std::string(residual_name(group.fitted.options.residual)) + " scale"};
}

Panel residual_panel(const table::FittedGroup& group) {
  const Residuals residuals = residuals_of(group);
  Scatter plain{.colour = kBlue, .size_px = 7, .label = "observation"};
  Scatter outliers{
      .colour = kVermilion, .marker = Marker::diamond, .size_px = 9, .label = "outlier"};
  for (std::size_t i = 0; i < residuals.values.size(); ++i) {
    Scatter& scatter = is_outlier(group, i) ? outliers : plain;
    scatter.x.push_back(residuals.fitted[i]);
    scatter.y.push_back(residuals.values[i]);
  }
  Panel panel{.title = group.fitted.label,
              .x = {.label = "Predicted"},
              .y = residual_axis(group, residuals)};
  if (residuals.relative) panel.y.label += " − 1";
  panel.layers.emplace_back(Rule{.at = 0, .colour = kInk, .dash = Dash::solid});
  for (const double side : {-2.0, 2.0}) {
    panel.layers.emplace_back(Rule{.at = side * residuals.robust_sd,
                                   .dash = Dash::dotted,
                                   .label = "two robust standard deviations"});
  }
  panel.layers.emplace_back(in_crowd(std::move(plain), residuals.values.size()));
  if (!outliers.x.empty()) panel.layers.emplace_back(outliers);
  for (const std::size_t i : named_points(group, residuals)) {
    panel.layers.emplace_back(Note{.x = residuals.fitted[i],
                                   .y = residuals.values[i],
                                   .text = point_name(group, i),
                                   .colour = is_outlier(group, i) ? kVermilion : kInk,
                                   .or_none = true});
  }
  return panel;
}

}  // namespace

Figure residual_figure(const std::vector<table::FittedGroup>& groups) {
  std::size_t n_outliers = 0, n = 0;
  for (const table::FittedGroup& group : groups) {
    n += group.fitted.points->size();
    for (std::size_t i = 0; i < group.fitted.points->size(); ++i)
      n_outliers += is_outlier(group, i);
  }
  Figure figure = panels_of(groups,
                            "What the law leaves over: " +
                                (n_outliers == 0   ? "no outlier"
                                 : n_outliers == 1 ? "1 outlier"
                                                   : std::to_string(n_outliers) + " outliers") +
                                " among " + std::to_string(n) + " observations",
                            residual_panel);
  if (figure.panels.size() == 1) figure.panel_width_px = 520;
  return figure;
}

}  // namespace rung
