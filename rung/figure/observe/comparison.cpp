#include "rung/figure/observe/comparison.hpp"

#include <algorithm>
#include <map>

#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"
#include "rung/study/observational/predictors.hpp"

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
    panel.y.categories.push_back(predictor_words(each.predictor));
    bars.values.push_back(*value);
    bars.texts.push_back(all_digits(*value, 2));
    if (!least || *value < *least) least = value;
  }
  for (const double value : bars.values)
    bars.colours.push_back(value == *least ? kVermilion : kBlue);
  panel.layers.push_back(std::move(bars));
  return panel;
}

/// Whose `value_of` is least; null where none has one.
template <class Of>
const Of* least_of(const std::vector<Of>& all, const auto& value_of) {
  const Of* least = nullptr;
  for (const Of& each : all) {
    if (value_of(each) && (!least || *value_of(each) < *value_of(*least))) least = &each;
  }
  return least;
}

/// "3 components predict families that were not learnt from best"
std::string best_words(const PredictorComparison& found) {
  const std::string what = "families that were not learnt from";
  const PredictorErrors* best = least_of(found.predictors, [](const PredictorErrors& each) {
    return each.mse.size() == 1 ? each.mse.front() : each.geometric_mean;
  });
  return best && found.predictors.size() > 1
             ? "Best at " + what + ": " + predictor_words(best->predictor)
             : "Predicting " + what;
}

/// Below whose curve the least area lies; null where one alone is there.
const RatioCurve* least_curve(const RatioStudy& study) {
  if (study.curves.size() < 2) return nullptr;
  return least_of(study.curves, [](const RatioCurve& curve) { return curve.area; });
}

/// "Error on the largest models, as fewer small ones are learnt from: least from 3 components", of
/// several metrics "… in 2 of 3".
std::string least_words(const std::vector<RatioStudy>& studies) {
  std::map<std::string, std::size_t> n_least;
  for (const RatioStudy& study : studies) {
    if (const RatioCurve* least = least_curve(study)) ++n_least[least->predictor];
  }
  const std::string what = "Error on the largest models, as fewer small ones are learnt from";
  if (n_least.empty()) return what;
  const auto most =
      std::max_element(n_least.begin(), n_least.end(),
                       [](const auto& x, const auto& y) { return x.second < y.second; });
  return what + ": least from " + predictor_words(most->first) +
         (studies.size() > 1
              ? " in " + std::to_string(most->second) + " of " + std::to_string(studies.size())
              : "");
}

}  // namespace

Figure comparison_figure(const PredictorComparison& found, const MetricTitles& titles) {
  Figure figure{.title = best_words(found), .subtitle = "The least error of each metric is orange"};
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
  Figure figure{.title = least_words(studies), .subtitle = "Least: by the area below the curve"};
  for (const RatioStudy& study : studies) {
    const RatioCurve* least = least_curve(study);
    Panel panel{
        .title = title_of(titles, study.metric) +
                 (least && studies.size() > 1 ? ": least from " + predictor_words(least->predictor)
                                              : ""),
        .x = {.label = "share of models tried", .ticks = TickStyle::percent},
        .y = {.label = "test MSE", .log = true}};
    const std::vector<Colour> colours = category_colours(study.curves.size());
    for (std::size_t i = 0; i < study.curves.size(); ++i) {
      const RatioCurve& source = study.curves[i];
      Curve curve{.colour = colours[i], .label = predictor_words(source.predictor)};
      Scatter points{.colour = colours[i], .size_px = 5};
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
