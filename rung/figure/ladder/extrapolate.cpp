#include "rung/figure/ladder/extrapolate.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/figure/ladder/panels.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kCurvePoints = 80;

Panel run_panel(const ExtrapolateDResult& result, bool name_task) {
  Panel panel{.x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  panel.title = std::filesystem::path(result.file).stem().string();
  if (name_task) panel.title = result.task.name + ", " + panel.title;
  Scatter fitted{.colour = kBlue, .size_px = 3.5, .opacity = 0.5, .label = "fitted"};
  Scatter checked{.colour = kOrange, .size_px = 3.5, .opacity = 0.5, .label = "checked"};
  Curve curve{.width_px = 1.8, .label = "law"};
  for (const ExtrapolationPoint& point : result.points) {
    Scatter& layer = point.in_fit ? fitted : checked;
    layer.x.push_back(point.n_tokens);
    layer.y.push_back(point.y);
    curve.x.push_back(point.n_tokens);
    curve.y.push_back(point.predicted);
  }
  panel.layers.emplace_back(std::move(fitted));
  if (!checked.x.empty()) panel.layers.emplace_back(std::move(checked));
  if (result.fit.status != Status::failed) panel.layers.emplace_back(std::move(curve));
  if (!result.predicted) return panel;
  Scatter predicted{.x = {result.final_tokens},
                    .y = {*result.predicted},
                    .colour = kVermilion,
                    .size_px = 9,
                    .filled = false,
                    .label = "predicted"};
  if (result.interval) {
    predicted.y_lower = {result.interval->lower};
    predicted.y_upper = {result.interval->upper};
  }
  panel.layers.emplace_back(std::move(predicted));
  std::string words = fixed(*result.predicted, 3);
  if (const auto ppl = perplexity(result.settings.metric, result.predicted))
    words += " (ppl " + fixed(*ppl, 1) + ")";
  panel.layers.emplace_back(Note{result.final_tokens, *result.predicted, words, kVermilion});
  return panel;
}

Panel size_panel(const ExtrapolateNResult& result) {
  const ExtrapolateNAtD& at = result.at.front();
  Panel panel{.title = result.task.name + " at " + short_count(at.n_tokens) + " tokens",
              .x = {.label = "Parameters", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  if (result.settings.metric == Metric::c4)
    panel.title = "At " + short_count(at.n_tokens) + " tokens";
  Scatter trained{.colour = kBlue, .size_px = 8, .label = "trained"};
  double low = kInfinity, high = 0;
  for (const SizePoint& point : at.points) {
    low = std::min(low, point.n_params);
    high = std::max(high, point.n_params);
    if (point.mode != Mode::train) continue;
    trained.x.push_back(point.n_params);
    trained.y.push_back(point.y);
  }
  for (const auto& prediction : at.predictions) high = std::max(high, prediction.n_params);
  Curve curve{.label = "a N^b + c"};
  for (const double n : log_grid(0.9 * low, 1.1 * high, kCurvePoints)) {
    curve.x.push_back(n);
    curve.y.push_back(predict(*at.fit->law, at.fit->theta, std::vector{n}));
  }
  panel.layers.emplace_back(std::move(curve));
  panel.layers.emplace_back(std::move(trained));
  for (std::size_t i = 0; i < at.predictions.size(); ++i) {
    const auto& prediction = at.predictions[i];
    const Colour colour = target_colour(i);
    if (prediction.predicted) {
      panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                        .y = {*prediction.predicted},
                                        .colour = colour,
                                        .size_px = 9,
                                        .filled = false,
                                        .label = prediction.label + " predicted"});
    }
    if (!prediction.actual) continue;
    panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                      .y = {*prediction.actual},
                                      .colour = colour,
                                      .marker = Marker::star,
                                      .size_px = 11,
                                      .label = prediction.label + " actual"});
    if (const auto error = prediction.relative_error())
      panel.layers.emplace_back(
          Note{prediction.n_params, *prediction.actual, percent(*error, 1, true), colour});
  }
  return panel;
}

/// The trained models' span, and as much again below and half as much above: a law that the sizes
/// hardly determine may predict anything, which is not to squeeze the rest.
void frame_trained(const ExtrapolateNResult& result, Axis& axis) {
  double low = kInfinity, high = -kInfinity;
  double lowest = kInfinity, highest = -kInfinity;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
    for (const auto& prediction : at.predictions) {
      lowest = std::min(lowest, prediction.predicted.value_or(kInfinity));
      highest = std::max(highest, prediction.predicted.value_or(-kInfinity));
    }
  }
  const double span = high - low;
  if (!(span > 0)) return;
  if (lowest >= low - span && highest <= high + span / 2) return;
  axis.lower = std::clamp(lowest, low - span, low);
  axis.upper = std::clamp(highest, high, high + span / 2);
}

Panel tokens_panel(const ExtrapolateNResult& result) {
  Panel panel{.title = result.settings.metric == Metric::c4 ? std::string() : result.task.name,
              .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  frame_trained(result, panel.y);
  std::map<std::string, Curve> actual, predicted;
  std::map<std::string, double> sizes;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      sizes[point.label] = point.n_params;
      actual[point.label].x.push_back(at.n_tokens);
      actual[point.label].y.push_back(point.y);
    }
    for (const auto& prediction : at.predictions) {
      if (!prediction.predicted) continue;
      sizes[prediction.label] = prediction.n_params;
      predicted[prediction.label].x.push_back(at.n_tokens);
      predicted[prediction.label].y.push_back(*prediction.predicted);
    }
  }
  std::vector<std::string> labels;
  for (const auto& [label, size] : sizes) labels.push_back(label);
  std::stable_sort(labels.begin(), labels.end(),
                   [&](const auto& a, const auto& b) { return sizes[a] < sizes[b]; });
  const std::vector<Colour> colours = ordered_colours(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto add = [&](Curve curve, Dash dash, const std::string& what) {
      curve.colour = colours[i];
      curve.dash = dash;
      curve.label = labels[i] + what;
      panel.layers.emplace_back(std::move(curve));
    };
    if (actual.count(labels[i])) add(actual[labels[i]], Dash::solid, "");
    if (predicted.count(labels[i])) add(predicted[labels[i]], Dash::dashed, " predicted");
  }
  return panel;
}

}  // namespace

Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results) {
  Figure figure{.title =
                    std::string(metric_label(results.front().settings.metric)) + " along each run"};
  const bool several_tasks = results.front().task.key != results.back().task.key;
  for (const ExtrapolateDResult& result : results)
    figure.panels.push_back(run_panel(result, several_tasks));
  size_panels(figure, 4);
  return figure;
}

Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results) {
  Figure figure{.title = std::string(metric_label(results.front().settings.metric)) +
                         " from smaller models"};
  for (const ExtrapolateNResult& result : results) {
    figure.panels.push_back(result.at.size() == 1 ? size_panel(result) : tokens_panel(result));
    if (figure.panels.back().y.lower || figure.panels.back().y.upper)
      figure.subtitle = "Predictions far from the trained models leave the frame";
  }
  size_panels(figure, 4);
  return figure;
}

}  // namespace rung::ladder
