#include "rung/figure/observe/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/observe/families.hpp"
#include "rung/study/observational/predictors.hpp"

namespace rung::observational {
namespace {

using Part = MetricFit::Part;
using Kind = PredictorOptions::Kind;

constexpr Colour kIntervalGrey = {0xb0b0b0};
constexpr double kClip = 1e-6;  // as published: a share of 0 or 1 has no logit

struct PartLook {
  Part part;
  const char* label;
  Colour colour;
  Marker marker;
};
constexpr PartLook kParts[] = {{Part::train, "learnt from", kBlue, Marker::circle},
                               {Part::held_out, "held out", kGreen, Marker::square},
                               {Part::test, "tried", kVermilion, Marker::diamond}};

/// Where a fit's models lie across, and what is drawn there.
class Across {
 public:
  explicit Across(const Prediction& prediction) : prediction_(prediction) {
    const MetricFit& fit = prediction.fit;
    const Kind kind = fit.predictors.options.kind;
    scale_ = kind == Kind::size ? "size" : "flops";
    is_scale_ = kind == Kind::size || kind == Kind::flops;
  }

  Axis axis() const {
    if (is_scale_) return scale_axis(scale_);
    if (prediction_.scale) {
      Axis axis = scale_axis(prediction_.scale->scale.starts_with("FLOPs") ? "flops" : "size");
      axis.label = prediction_.scale->family + "-equivalent " +
                   (axis.label.starts_with("Training") ? "compute (FLOPs)" : "size (parameters)");
      return axis;
    }
    const auto& names = prediction_.fit.predictors.names;
    return {.label = "Index of " +
                     (names.size() == 1 ? names.front() : names.front() + " to " + names.back())};
  }

  double at_row(std::size_t row) const {
    return is_scale_ ? std::exp(prediction_.fit.x(row, 0)) * scale_unit(scale_)
                     : at_index(prediction_.fit.rows[row].index);
  }

  /// The fitted curve over the models' span.
  Curve curve(const auto& up) const {
    Curve curve{.colour = kInk, .width_px = 1.8};
    const Regression& regression = prediction_.fit.regression;
    std::vector<double> at;
    for (std::size_t row = 0; row < prediction_.fit.rows.size(); ++row)
      at.push_back(is_scale_ ? prediction_.fit.x(row, 0) : prediction_.fit.rows[row].index);
    const auto [least, most] = std::minmax_element(at.begin(), at.end());
    for (const double value : linear_grid(*least, *most, 160)) {
      const double index = is_scale_ ? regression.index(std::span(&value, 1)) : value;
      curve.x.push_back(is_scale_ ? std::exp(value) * scale_unit(scale_) : at_index(index));
      curve.y.push_back(up(regression.at(index)));
    }
    return curve;
  }

 private:
  double at_index(double index) const {
    if (!prediction_.scale) return index;
    const EquivalentScale& scale = *prediction_.scale;
    const double unit = scale_unit(scale.scale.starts_with("FLOPs") ? "flops" : "size");
    return std::pow(10, (index - scale.intercept) / scale.slope) * unit;
  }

  const Prediction& prediction_;
  std::string scale_;
  bool is_scale_ = false;
};

/// What is drawn upwards: the metric, or its logit between the link's ends.
class Up {
 public:
  Up(const Regression& regression, bool logits) : regression_(regression), logits_(logits) {}

  double operator()(double y) const {
    if (!logits_) return y;
    const double share =
        std::clamp((y - regression_.floor()) / regression_.height(), kClip, 1 - kClip);
    return std::log(share / (1 - share));
  }

 private:
  const Regression& regression_;
  bool logits_;
};

Scatter points_of(const Prediction& prediction, const PartLook& look, bool highlighted,
                  const Across& across, const Up& up) {
  Scatter points{.colour = look.colour, .marker = look.marker, .size_px = 7};
  if (highlighted) {
    points.marker = Marker::star;
    points.size_px = 13;
    points.colour = kPurple;
  }
  for (std::size_t i = 0; i < prediction.fit.rows.size(); ++i) {
    const MetricFit::Row& row = prediction.fit.rows[i];
    if (row.part != look.part || prediction.highlighted[i] != highlighted) continue;
    points.x.push_back(across.at_row(i));
    points.y.push_back(up(row.actual));
  }
  return points;
}

/// Intervals of models that were not learnt from, about where they are predicted.
Scatter interval_bars(const Prediction& prediction, const Across& across, const Up& up) {
  Scatter bars{.colour = kIntervalGrey, .size_px = 3};
  for (std::size_t i = 0; i < prediction.intervals.rows.size(); ++i) {
    const MetricFit::Row& row = prediction.fit.rows[i];
    if (row.part == Part::train) continue;
    bars.x.push_back(across.at_row(i));
    bars.y.push_back(up(row.predicted));
    bars.y_lower.push_back(up(prediction.intervals.rows[i].lower));
    bars.y_upper.push_back(up(prediction.intervals.rows[i].upper));
  }
  return bars;
}

std::string error_words(const Prediction& prediction) {
  const auto& mse = prediction.fit.test.mse;
  return mse ? "test MSE " + significant(*mse, 2)
             : "train MSE " + significant(prediction.fit.train.mse.value_or(0), 2);
}

/// Words of a transform would be longer than a panel is high.
std::string upward_label(const Prediction& prediction, const std::string& title,
                         const PredictionLook& look) {
  if (look.logits) return "logit of " + title;
  return title + (prediction.sample.metric == prediction.y ? "" : " (rescaled)");
}

const std::string& metric_title(const Predictions& found, const std::string& metric) {
  return title_of(found.request.titles, metric);
}

bool has_several_metrics(const Predictions& found) { return found.request.metrics.size() > 1; }
bool has_several_predictors(const Predictions& found) {
  return found.request.predictors.size() > 1;
}

/// "Word unscrambling: predicted best from 3 components", where several predictors were tried.
std::string best_words(const Predictions& found) {
  const std::string& title = metric_title(found, found.request.metrics.front());
  const Prediction* best = nullptr;
  for (const Prediction& each : found.all) {
    if (!each.has_fit() || !each.fit.test.mse) continue;
    if (!best || *each.fit.test.mse < *best->fit.test.mse) best = &each;
  }
  return best && has_several_predictors(found)
             ? title + ": predicted best from " + predictor_words(best->x)
             : title;
}

/// Of panels of one metric, which are seen beside each other.
void share_heights(std::span<Panel> panels) {
  Extent all;
  for (const Panel& panel : panels) {
    const Extent one = extents_of(panel).y;
    if (one.empty()) continue;
    all.include(one.lower);
    all.include(one.upper);
  }
  if (all.empty() || !(all.lower < all.upper)) return;
  constexpr double kMargin = 0.04;  // of what is shown
  const double room = kMargin * (all.upper - all.lower);
  for (Panel& panel : panels) {
    panel.y.lower = all.lower - room;
    panel.y.upper = all.upper + room;
  }
}

}  // namespace

Panel prediction_panel(const Prediction& prediction, const std::string& title,
                       const PredictionLook& look) {
  const Regression& regression = prediction.fit.regression;
  const Across across(prediction);
  const Up up(regression, look.logits);
  Panel panel{.title = predictor_words(prediction.x) + ": " + error_words(prediction),
              .x = across.axis(),
              .y = {.label = upward_label(prediction, title, look)}};
  if (!prediction.intervals.rows.empty())
    panel.layers.push_back(interval_bars(prediction, across, up));
  panel.layers.push_back(across.curve(up));
  for (const bool highlighted : {false, true}) {
    for (const PartLook& part : kParts)
      panel.layers.push_back(points_of(prediction, part, highlighted, across, up));
  }
  return panel;
}

LegendGroup part_legend(const std::vector<Prediction>& predictions) {
  LegendGroup group;
  bool any_interval = false, any_highlighted = false;
  double level = 0;
  for (const Prediction& each : predictions) {
    if (each.has_fit()) level = each.intervals.level;
    any_interval = any_interval || !each.intervals.rows.empty();
    any_highlighted = any_highlighted || std::find(each.highlighted.begin(), each.highlighted.end(),
                                                   true) != each.highlighted.end();
  }
  for (const PartLook& look : kParts) {
    const bool any =
        std::any_of(predictions.begin(), predictions.end(), [&](const Prediction& each) {
          for (std::size_t i = 0; i < each.fit.rows.size(); ++i) {
            if (each.fit.rows[i].part == look.part && !each.highlighted[i]) return true;
          }
          return false;
        });
    if (any)
      group.samples.push_back(
          Scatter{.colour = look.colour, .marker = look.marker, .size_px = 7, .label = look.label});
  }
  if (any_highlighted)
    group.samples.push_back(
        Scatter{.colour = kPurple, .marker = Marker::star, .size_px = 13, .label = "highlighted"});
  group.samples.push_back(Curve{.colour = kInk, .width_px = 1.8, .label = "fit"});
  if (any_interval)
    group.samples.push_back(
        Curve{.colour = kIntervalGrey, .width_px = 2, .label = percent(level, 0) + " interval"});
  return group;
}

Figure prediction_figure(const Predictions& found, const PredictionLook& look) {
  Figure figure{.title = has_several_metrics(found) ? "Metrics predicted from smaller models"
                                                    : best_words(found)};
  const bool several_metrics = has_several_metrics(found);
  for (const Prediction& each : found.all) {
    if (!each.has_fit()) {
      figure.panels.push_back({.title = predictor_words(each.x) + ": no fit",
                               .y = {.label = metric_title(found, each.y)}});
      continue;
    }
    figure.panels.push_back(prediction_panel(each, metric_title(found, each.y), look));
    if (several_metrics && !has_several_predictors(found))
      figure.panels.back().title = metric_title(found, each.y) + ": " + error_words(each);
  }
  if (!found.any_fit()) throw InputError("there is no fit to draw");
  const std::size_t most = has_several_predictors(found) ? found.request.predictors.size() : 4;
  figure.n_columns = std::min(most, found.all.size());
  if (has_several_predictors(found) && !several_metrics)
    figure.n_columns = std::min<std::size_t>(3, found.all.size());
  const std::size_t n_predictors = found.request.predictors.size();  // of a metric, in a row
  for (std::size_t i = 0; i < figure.panels.size(); i += n_predictors)
    share_heights(std::span(figure.panels).subspan(i, n_predictors));
  figure.legend = {part_legend(found.all)};
  figure.panel_width_px = found.all.size() == 1 ? 520 : 290;
  figure.panel_height_px = found.all.size() == 1 ? 340 : 210;
  return figure;
}

Figure weights_figure(const Predictions& found) {
  Panel panel;
  Heatmap map{.diverging = true};
  for (const Prediction& each : found.all) {
    if (!each.has_fit() || each.metric_weights.empty()) continue;
    if (panel.x.categories.empty()) panel.x.categories = each.sample.models.metrics;
    panel.y.categories.push_back(metric_title(found, each.y) + (has_several_predictors(found)
                                                                    ? ", " + predictor_words(each.x)
                                                                    : ""));
    double size = 0;
    for (const double weight : each.metric_weights) size += std::abs(weight);
    std::vector<double> row;
    std::vector<std::string> texts;
    for (const double weight : each.metric_weights) {
      row.push_back(size > 0 ? weight / size : 0);
      texts.push_back(fixed(std::abs(row.back()) < 0.005 ? 0 : row.back(), 2));
    }
    map.values.push_back(std::move(row));
    map.texts.push_back(std::move(texts));
  }
  if (map.values.empty())
    throw InputError("no fit is from components, which alone give benchmarks weights", "--x pc:3");
  const double n_rows = static_cast<double>(map.values.size());
  panel.layers.push_back(std::move(map));
  Figure figure{.title = "What each benchmark counts in a metric",
                .subtitle =
                    "Weights of benchmarks through the components, each row divided by the "
                    "sum of its sizes",
                .panels = {std::move(panel)}};
  figure.panel_width_px = 620;
  figure.panel_height_px = std::max(90.0, 34 * n_rows);
  return figure;
}

Figure errors_figure(const Predictions& found) {
  Figure figure{.title = "Error on the models tried, by predictor",
                .subtitle = "The least of each metric is orange"};
  for (const std::string& metric : found.request.metrics) {
    Panel panel{.title = metric_title(found, metric), .x = {.label = "test MSE", .lower = 0}};
    Bars bars;
    std::optional<double> least;
    for (const Prediction& each : found.all) {
      if (each.y != metric || !each.has_fit() || !each.fit.test.mse) continue;
      panel.y.categories.push_back(predictor_words(each.x));
      bars.values.push_back(*each.fit.test.mse);
      bars.texts.push_back(significant(*each.fit.test.mse, 2));
      if (!least || *each.fit.test.mse < *least) least = each.fit.test.mse;
    }
    if (bars.values.empty()) continue;
    for (const double value : bars.values)
      bars.colours.push_back(value == *least ? kVermilion : kBlue);
    panel.layers.push_back(std::move(bars));
    figure.panels.push_back(std::move(panel));
  }
  if (figure.panels.empty()) throw InputError("no fit has been tried on any model");
  figure.n_columns = std::min<std::size_t>(4, figure.panels.size());
  figure.panel_width_px = 240;
  figure.panel_height_px = 160;
  return figure;
}

}  // namespace rung::observational
