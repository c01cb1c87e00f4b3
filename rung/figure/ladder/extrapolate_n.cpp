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

bool all_determined(const ExtrapolateNAtD& at) {
  return std::all_of(at.predictions.begin(), at.predictions.end(),
                     [](const auto& prediction) { return prediction.determined; });
}

/// Over the trained sizes, and on to the targets that it determines.
void add_law(const ExtrapolateNAtD& at, Panel& panel) {
  if (at.fitted->fit.status == Status::failed) return;
  double low = kInfinity, high = 0;
  for (const SizePoint& point : at.points) {
    if (point.mode != Mode::train) continue;
    low = std::min(low, point.n_params);
    high = std::max(high, point.n_params);
  }
  for (const auto& prediction : at.predictions) {
    if (!prediction.determined) continue;
    low = std::min(low, prediction.n_params);
    high = std::max(high, prediction.n_params);
  }
  Curve curve{.label = "law"};
  for (const double n : log_grid(0.9 * low, 1.1 * high, kCurvePoints)) {
    curve.x.push_back(n);
    curve.y.push_back(at.fitted->predict(std::array{n}));
  }
  panel.layers.emplace_back(std::move(curve));
}

void add_target(const ExtrapolateNAtD::SizePrediction& prediction, Colour colour, Panel& panel) {
  if (prediction.predicted && prediction.determined) {
    Scatter predicted{.x = {prediction.n_params},
                      .y = {*prediction.predicted},
                      .colour = colour,
                      .size_px = kPredictedSizePx,
                      .filled = false,
                      .label = prediction.label + " predicted"};
    if (prediction.interval) {
      predicted.y_lower = {prediction.interval->lower};
      predicted.y_upper = {prediction.interval->upper};
    }
    panel.layers.emplace_back(std::move(predicted));
  }
  if (!prediction.actual) return;
  panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                    .y = {*prediction.actual},
                                    .colour = colour,
                                    .marker = Marker::star,
                                    .size_px = kActualSizePx,
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

/// Around the trained points that stand off their runs, over sizes or over tokens.
void add_rings(const ExtrapolateNAtD& at, bool over_sizes, Panel& panel) {
  for (const WrongCheckpoint& one : at.wrong_checkpoints) {
    for (const SizePoint& point : at.points) {
      if (point.model == one.origin.model && point.y == one.value)
        panel.layers.emplace_back(ring({over_sizes ? point.n_params : point.n_tokens}, {point.y}));
    }
  }
}

Panel size_panel(const ExtrapolateNResult& result) {
  const ExtrapolateNAtD& at = result.at.front();
  const bool of_task = result.settings.metric != Metric::c4;
  Panel panel{.title = (of_task ? result.task.name + " at " : "At ") + short_count(at.n_tokens) +
                       " tokens" +
                       (all_determined(at) && at.wrong_checkpoints.empty() ? "" : " (!)"),
              .x = {.label = "Parameters", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  Scatter trained{.colour = kBlue, .size_px = 8, .label = "trained"};
  for (const SizePoint& point : at.points) {
    if (point.mode != Mode::train) continue;
    trained.x.push_back(point.n_params);
    trained.y.push_back(point.y);
  }
  add_law(at, panel);
  add_rings(at, true, panel);
  panel.layers.emplace_back(std::move(trained));
  for (std::size_t i = 0; i < at.predictions.size(); ++i)
    add_target(at.predictions[i], target_colour(i), panel);
  return panel;
}

// ---- At all D

/// The trained models' losses, a curve with marks each, small to large.
void add_trained(const ExtrapolateNResult& result, Panel& panel) {
  std::map<std::string, Curve> curves;
  std::map<std::string, double> sizes;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      if (point.mode != Mode::train) continue;
      sizes[point.label] = point.n_params;
      curves[point.label].x.push_back(point.n_tokens);
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
    // At one number of tokens a size is a point, which no line shows.
    Scatter marks{.x = curve.x, .y = curve.y, .colour = curve.colour, .size_px = 6};
    panel.layers.emplace_back(std::move(curve));
    panel.layers.emplace_back(std::move(marks));
  }
}

/// Names of the eval models that are predicted anywhere.
std::vector<std::string> target_names(const std::vector<ExtrapolateNResult>& results) {
  std::vector<std::string> names;
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      for (const auto& prediction : at.predictions) {
        if (!contains(names, prediction.label)) names.push_back(prediction.label);
      }
    }
  }
  return names;
}

/// What the smaller models say of an eval model, and what that really had.
void add_predicted(const ExtrapolateNResult& result, const std::string& name, Colour colour,
                   Panel& panel) {
  Scatter predicted{.colour = colour, .size_px = 9, .filled = false, .label = name + " predicted"};
  Scatter actual{.colour = colour, .marker = Marker::star, .size_px = 5, .label = name + " actual"};
  for (const ExtrapolateNAtD& at : result.at) {
    for (const auto& prediction : at.predictions) {
      if (prediction.label != name) continue;
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
  if (!predicted.x.empty()) panel.layers.emplace_back(std::move(predicted));
  if (!actual.x.empty()) panel.layers.emplace_back(std::move(actual));
}

/// One target's: those of two would stand in each other.
Panel tokens_panel(const ExtrapolateNResult& result, const std::string& name, Colour colour) {
  Panel panel{.title = (result.settings.metric == Metric::c4 ? "" : result.task.name + ", ") + name,
              .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  for (const ExtrapolateNAtD& at : result.at) {
    if (!at.wrong_checkpoints.empty() && !panel.title.ends_with(" (!)")) panel.title += " (!)";
    add_rings(at, false, panel);
  }
  add_trained(result, panel);
  add_predicted(result, name, colour, panel);
  return panel;
}

struct Counts {
  std::size_t n = 0, n_determined = 0;
};

Counts count_predictions(const std::vector<ExtrapolateNResult>& results) {
  Counts counts;
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      for (const auto& prediction : at.predictions) {
        ++counts.n;
        counts.n_determined += prediction.determined;
      }
    }
  }
  return counts;
}

/// "19 of 56 predictions are"
std::string counts_words(const Counts& counts) {
  return std::to_string(counts.n_determined) + " of " + std::to_string(counts.n) + " predictions" +
         (counts.n_determined == 1 ? " is" : " are");
}

/// "0.997 at 7B-4T, 0.972 at 13B-5T"
std::string values_words(const ExtrapolateNAtD& at) {
  std::vector<std::string> parts;
  for (const auto& prediction : at.predictions) {
    if (prediction.predicted && prediction.determined)
      parts.push_back(fixed(*prediction.predicted, 3) + " at " + prediction.label);
  }
  return join(parts, ", ");
}

/// What there is to say: the error, or of one panel what is predicted, or how much is determined.
std::string message(const std::vector<ExtrapolateNResult>& results,
                    const std::optional<double>& error) {
  const Counts counts = count_predictions(results);
  if (error) return "relative error " + percent(*error, 1);
  if (counts.n_determined == 0) return "nothing is determined";
  if (results.size() == 1 && results.front().at.size() == 1)
    return values_words(results.front().at.front());
  return counts_words(counts) + " determined";
}

bool any_wrong(const std::vector<ExtrapolateNResult>& results) {
  return std::any_of(results.begin(), results.end(), [](const ExtrapolateNResult& result) {
    return std::any_of(result.at.begin(), result.at.end(),
                       [](const ExtrapolateNAtD& at) { return !at.wrong_checkpoints.empty(); });
  });
}

bool some_interval_may_be_luck(const std::vector<ExtrapolateNResult>& results) {
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      const bool draws = std::any_of(at.predictions.begin(), at.predictions.end(),
                                     [](const auto& one) { return one.determined; });
      if (draws && at.scatter_is_of_one_number()) return true;
    }
  }
  return false;
}

/// What is drawn, and why not the rest.
std::string subtitle_of(const std::vector<ExtrapolateNResult>& results, bool has_error) {
  const ExtrapolateNResult& first = results.front();
  const Counts counts = count_predictions(results);
  std::string words = counts.n_determined == 0 ? "At the same tokens"
                                               : significant(100 * first.settings.level, 3) +
                                                     "% intervals, at the same tokens";
  if (first.at.size() == 1) {
    if (counts.n_determined < counts.n)
      words +=
          "; (!): not determined, on three sizes or with an interval as wide as all that was "
          "measured";
  } else {
    if (has_error) words += "; " + counts_words(counts) + " drawn";
    if (counts.n_determined < counts.n)
      words +=
          "; those left out rest on three sizes or have an interval as wide as all that was "
          "measured";
  }
  return words +
         (some_interval_may_be_luck(results) ? "; from four sizes a narrow one may be luck" : "") +
         (any_wrong(results) ? "; ringed: a checkpoint that stands off its run (!)" : "");
}

}  // namespace

Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results) {
  const ExtrapolateNResult& first = results.front();
  const bool at_one_d = first.at.size() == 1;
  Figure figure{.title = std::string(metric_label(first.settings.metric)) + " from smaller models"};
  const std::vector<std::string> names = target_names(results);
  RunningMean error;
  for (const ExtrapolateNResult& result : results) {
    error.add(result.mean_error);
    if (at_one_d) figure.panels.push_back(size_panel(result));
    for (std::size_t i = 0; !at_one_d && i < names.size(); ++i)
      figure.panels.push_back(tokens_panel(result, names[i], target_colour(i)));
  }
  figure.title += ": " + message(results, error.value());
  figure.subtitle = subtitle_of(results, error.value().has_value());
  size_panels(figure, at_one_d ? 4 : std::min<std::size_t>(4, 2 * names.size()));
  if (!at_one_d && figure.panels.size() == 2)
    figure.panel_width_px = 360, figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung::ladder
