#include "rung/figure/ladder/extrapolate_n.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/figure/ladder/panels.hpp"
#include "rung/figure/scale.hpp"

namespace rung::ladder {
namespace {

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
  Curve curve{.label = "law"};
  for (const double n : log_grid(0.9 * low, 1.1 * high, kCurvePoints)) {
    curve.x.push_back(n);
    curve.y.push_back(at.fitted->predict(std::array{n}));
  }
  panel.layers.emplace_back(std::move(curve));
  panel.layers.emplace_back(std::move(trained));
  for (std::size_t i = 0; i < at.predictions.size(); ++i) {
    const auto& prediction = at.predictions[i];
    const Colour colour = target_colour(i);
    if (prediction.predicted && prediction.determined) {
      Scatter predicted{.x = {prediction.n_params},
                        .y = {*prediction.predicted},
                        .colour = colour,
                        .size_px = 9,
                        .filled = false,
                        .label = prediction.label + " predicted"};
      if (prediction.interval) {
        predicted.y_lower = {prediction.interval->lower};
        predicted.y_upper = {prediction.interval->upper};
      }
      panel.layers.emplace_back(std::move(predicted));
    }
    if (!prediction.actual) continue;
    panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                      .y = {*prediction.actual},
                                      .colour = colour,
                                      .marker = Marker::star,
                                      .size_px = 11,
                                      .label = prediction.label + " actual"});
    const auto error = prediction.relative_error();
    if (!prediction.determined) {
      panel.layers.emplace_back(
          Note{prediction.n_params, *prediction.actual, "not determined", colour});
    } else if (error) {
      panel.layers.emplace_back(
          Note{prediction.n_params, *prediction.actual, percent(*error, 1, true), colour});
    }
  }
  return panel;
}

// ---- At all D

/// The trained models' losses, a curve each, small to large.
void add_trained(const ExtrapolateNResult& result, Panel& panel) {
  std::map<std::string, Curve> curves;
  std::map<std::string, double> sizes;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      if (point.mode != Mode::train) continue;
      sizes[point.label] = point.n_params;
      curves[point.label].x.push_back(at.n_tokens);
      curves[point.label].y.push_back(point.y);
    }
  }
  std::vector<std::string> labels;
  for (const auto& [label, size] : sizes) labels.push_back(label);
  std::stable_sort(labels.begin(), labels.end(),
                   [&](const auto& a, const auto& b) { return sizes[a] < sizes[b]; });
  const std::vector<Colour> colours = ordered_colours(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Curve& curve = curves[labels[i]];
    curve.colour = colours[i];
    curve.label = labels[i];
    panel.layers.emplace_back(std::move(curve));
  }
}

/// What the smaller models say of the eval models, and what those really had.
void add_predicted(const ExtrapolateNResult& result, Panel& panel) {
  struct Marks {
    Scatter predicted, actual;
  };
  std::vector<std::string> names;
  std::map<std::string, Marks> marks;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const auto& prediction : at.predictions) {
      if (!marks.count(prediction.label)) names.push_back(prediction.label);
      auto& [predicted, actual] = marks[prediction.label];
      if (prediction.actual) {
        actual.x.push_back(at.n_tokens);
        actual.y.push_back(*prediction.actual);
      }
      if (!prediction.determined) continue;
      predicted.x.push_back(at.n_tokens);
      predicted.y.push_back(*prediction.predicted);
      predicted.y_lower.push_back(prediction.interval->lower);
      predicted.y_upper.push_back(prediction.interval->upper);
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& [predicted, actual] = marks[names[i]];
    constexpr double kApart = 1.02;  // two targets at the same tokens
    for (double& x : predicted.x) x *= std::pow(kApart, i);
    predicted.colour = actual.colour = target_colour(i);
    predicted.size_px = 6;
    predicted.filled = false;
    predicted.label = names[i] + " predicted";
    actual.marker = Marker::star;
    actual.size_px = 9;
    actual.label = names[i] + " actual";
    panel.layers.emplace_back(std::move(predicted));
    if (!actual.x.empty()) panel.layers.emplace_back(std::move(actual));
  }
}

Panel tokens_panel(const ExtrapolateNResult& result) {
  Panel panel{.title = result.settings.metric == Metric::c4 ? std::string() : result.task.name,
              .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  add_trained(result, panel);
  add_predicted(result, panel);
  return panel;
}

/// "19 of 56 predictions", which are drawn.
std::string determined_words(const std::vector<ExtrapolateNResult>& results) {
  std::size_t n = 0, n_determined = 0;
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      for (const auto& prediction : at.predictions) {
        ++n;
        n_determined += prediction.determined;
      }
    }
  }
  return std::to_string(n_determined) + " of " + std::to_string(n) + " predictions";
}

/// "0.997 at 7B-4T, 0.972 at 13B-5T"
std::string values_words(const ExtrapolateNAtD& at) {
  std::vector<std::string> parts;
  for (const auto& prediction : at.predictions) {
    if (prediction.predicted && prediction.determined)
      parts.push_back(fixed(*prediction.predicted, 3) + " at " + prediction.label);
  }
  return parts.empty() ? "nothing is determined" : join(parts, ", ");
}

}  // namespace

Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results) {
  const ExtrapolateNResult& first = results.front();
  const bool at_one_d = first.at.size() == 1;
  Figure figure{.title = std::string(metric_label(first.settings.metric)) + " from smaller models"};
  RunningMean error;
  for (const ExtrapolateNResult& result : results) {
    error.add(result.mean_error);
    figure.panels.push_back(at_one_d ? size_panel(result) : tokens_panel(result));
  }
  if (error.value()) {
    figure.title += ": relative error " + percent(*error.value(), 1);
  } else if (at_one_d && results.size() == 1) {
    figure.title += ": " + values_words(first.at.front());
  } else if (!at_one_d) {
    figure.title += ": " + determined_words(results) + " are determined";
  }
  figure.subtitle = significant(100 * first.settings.level, 3) + "% intervals, at the same tokens";
  if (at_one_d) figure.subtitle += ", where they are determined";
  if (!at_one_d && error.value())
    figure.subtitle += "; " + determined_words(results) + " are drawn";
  if (!at_one_d)
    figure.subtitle +=
        "; those left out rest on three sizes or have an interval as wide as all "
        "that was measured";
  size_panels(figure, 4);
  return figure;
}

}  // namespace rung::ladder
