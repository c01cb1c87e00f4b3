#include "rung/figure/observe/comparison.hpp"

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung::observational {
namespace {

/// Bars by predictor, the least in another colour.
Panel bars_panel(const std::string& title, const std::vector<PredictorErrors>& predictors,
                 const auto& value_of) {
  Panel panel{.title = title, .x = {.label = "MSE on families left out", .lower = 0}};
  Bars bars;
  std::optional<double> least;
  for (const PredictorErrors& each : predictors) {
    const std::optional<double> value = value_of(each);
    if (!value) continue;
    panel.y.categories.push_back(each.predictor);
    bars.values.push_back(*value);
    bars.texts.push_back(all_digits(*value, 2));
    if (!least || *value < *least) least = value;
  }
  for (const double value : bars.values)
    bars.colours.push_back(value == *least ? kVermilion : kBlue);
  panel.layers.push_back(std::move(bars));
  return panel;
}

}  // namespace

Figure comparison_figure(const PredictorComparison& found, const MetricTitles& titles) {
  Figure figure{.title = "Predicting families that were not learnt from",
                .subtitle = "The least error of each metric is orange"};
  for (std::size_t m = 0; m < found.metrics.size(); ++m) {
    figure.panels.push_back(bars_panel(title_of(titles, found.metrics[m]), found.predictors,
                                       [m](const PredictorErrors& each) { return each.mse[m]; }));
  }
  if (found.metrics.size() > 1)
    figure.panels.push_back(
        bars_panel("Geometric mean", found.predictors,
                   [](const PredictorErrors& each) { return each.geometric_mean; }));
  const std::size_t n = figure.panels.size();
  figure.n_columns = n == 4 ? 2 : std::min<std::size_t>(3, n);
  figure.panel_width_px = 290;
  figure.panel_height_px = 200;
  return figure;
}

Figure ratio_figure(const std::vector<RatioStudy>& studies, const MetricTitles& titles) {
  Figure figure{.title = "Error on the largest models, as fewer small ones are learnt from"};
  for (const RatioStudy& study : studies) {
    Panel panel{.title = title_of(titles, study.metric),
                .x = {.label = "share of models tried", .ticks = TickStyle::percent},
                .y = {.label = "test MSE", .log = true}};
    for (std::size_t i = 0; i < study.curves.size(); ++i) {
      const RatioCurve& source = study.curves[i];
      Curve curve{.colour = category_colour(i), .label = source.predictor};
      Scatter points{.colour = category_colour(i), .size_px = 5};
      for (const RatioPoint& point : source.points) {
        if (!point.test_mse) continue;
        curve.x.push_back(point.ratio);
        curve.y.push_back(*point.test_mse);
      }
      points.x = curve.x;
      points.y = curve.y;
      panel.layers.push_back(std::move(curve));
      panel.layers.push_back(std::move(points));
    }
    figure.panels.push_back(std::move(panel));
  }
  figure.n_columns = std::min<std::size_t>(3, figure.panels.size());
  figure.panel_width_px = 340;
  figure.panel_height_px = 240;
  return figure;
}

}  // namespace rung::observational
