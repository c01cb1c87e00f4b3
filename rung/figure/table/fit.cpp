#include "rung/figure/table/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/table/fit_title.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/figure/table/series.hpp"
#include "rung/fit/interval/contradiction.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostGroupsInAPanel = 6;

/// Where one input goes from a value to another and the others stay.
struct Slice {
  std::size_t x;
  std::vector<double> inputs;
  double low, high;
  bool log;
};

/// Of a fit that is not identified without an interval: profiles would search long, and end where
/// the search does.
table::PredictedRow row_at(const FittedSeries& series, const std::vector<double>& inputs) {
  const Fitted& fitted = *series.fitted;
  std::vector<double> all = all_inputs(series, inputs);
  if (fitted.fit.identified) return table::predicted_row(fitted, {std::move(all), {}, ""});
  table::PredictedRow row =
      row_of_value(fitted, fitted.predict(all), other_predictions(*fitted.law, fitted.fit, all));
  row.determined = false;
  // Fits that differ somewhere have a range everywhere, if only as wide as a line.
  if (!fitted.fit.alternatives.empty() && row.alternatives.empty() && row.prediction.predicted)
    row.alternatives = {*row.prediction.predicted};
  return row;
}

/// Where to draw the law over a slice.
std::vector<double> places_of(const FittedSeries& series, const Slice& slice) {
  return curve_steps(slice.low, slice.high, slice.log, [&](double at) {
    std::vector<double> inputs = slice.inputs;
    inputs[slice.x] = at;
    return series.fitted->predict(all_inputs(series, std::move(inputs)));
  });
}

/// The law over a slice with its band; where the data do not determine it, all that it may be.
void add_law(const FittedSeries& series, Slice slice, Curve curve, Panel& panel) {
  Band band{.colour = curve.colour, .opacity = 0.18};
  SpreadLines spread(curve.colour);
  const double lowest = series.fitted->lowest[slice.x], highest = series.fitted->highest[slice.x];
  for (const double at : places_of(series, slice)) {
    slice.inputs[slice.x] = at;
    const table::PredictedRow row = row_at(series, slice.inputs);
    const bool among_data = lowest <= at && at <= highest;
    curve.x.push_back(at);
    curve.y.push_back(row.determined || among_data ? row.prediction.predicted.value_or(kNaN)
                                                   : kNaN);
    spread.add(at, row.determined ? std::nullopt : row.spread());
    const Interval none{0, kNaN, kNaN};
    const Interval& interval = row.prediction.interval ? *row.prediction.interval : none;
    band.x.push_back(at);
    band.lower.push_back(interval.lower), band.upper.push_back(interval.upper);
  }
  if (!std::ranges::all_of(band.lower, [](double y) { return std::isnan(y); }))
    panel.layers.push_back(std::move(band));
  std::move(spread).add_to(panel);
  panel.layers.push_back(std::move(curve));
}

/// "N = 7B"
std::string input_words(const FittedSeries& series, std::size_t input, double value) {
  return series.fitted->law->info.inputs[input].name + " = " + number_words(value);
}

/// "N = 7B"; "N = 7B, D = 140B" where other targets have the same N: what tells curves apart, and
/// as many of the inputs in which targets differ as tell this one from the others, the one across
/// last.
std::string target_words(const FittedSeries& series, const Axes& axes,
                         const table::PredictedRow& row) {
  std::vector<std::size_t> order = {*axes.family};
  for (std::size_t k = 0; k < series.inputs.front().size(); ++k) {
    if (k != axes.x && k != *axes.family) order.push_back(k);
  }
  order.push_back(axes.x);
  std::vector<table::PredictedRow> alike = series.targets;
  std::vector<std::string> words;
  for (const std::size_t k : order) {
    const std::string own = input_words(series, k, row.inputs[k]);
    const auto removed = std::erase_if(alike, [&](const table::PredictedRow& other) {
      return input_words(series, k, other.inputs[k]) != own;
    });
    if (words.empty() || removed > 0) words.push_back(own);
  }
  return join(words, ", ");
}

/// "N = 7B, D = 140B": all of a target's inputs, the one across last.
std::string place_of(const FittedSeries& series, const Axes& axes, const table::PredictedRow& row) {
  std::vector<std::string> words;
  for (std::size_t k = 0; k < row.inputs.size(); ++k) {
    if (k != axes.x) words.push_back(input_words(series, k, row.inputs[k]));
  }
  words.push_back(input_words(series, axes.x, row.inputs[axes.x]));
  return join(words, ", ");
}

/// A target and the way to it.
void add_target(const FittedSeries& series, const Axes& axes, const table::PredictedRow& row,
                double from, Panel& panel) {
  const double to = row.inputs[axes.x];
  if (row.determined && axes.family && from > 0 && to > from) {
    Curve way{.colour = kVermilion, .width_px = 1.2, .dash = Dash::dashed};
    std::vector<double> inputs = row.inputs;
    for (const double at : places_of(series, {axes.x, inputs, from, to, true})) {
      inputs[axes.x] = at;
      way.x.push_back(at);
      way.y.push_back(series.fitted->predict(all_inputs(series, inputs)));
    }
    panel.layers.push_back(std::move(way));
  }
  const bool is_named = axes.family && series.targets.size() == 1;
  const std::string label =
      is_named ? "predicted at " + place_of(series, axes, row) : std::string("predicted");
  add_mark(to, row, kVermilion, row.end_passed ? "" : label, panel);
}

/// Targets with words. Of several, only the names are beside them: there is room for more in a key.
void add_targets(const FittedSeries& series, const Axes& axes, double from, Panel& panel) {
  const bool names = axes.family && series.targets.size() > 1;
  Key predicted;
  for (const table::PredictedRow& row : series.targets) {
    add_target(series, axes, row, from, panel);
    const std::string name = names ? target_words(series, axes, row) : "";
    const std::string words = prediction_words(row, series.is_doubted);
    add_words(row.inputs[axes.x], row, kVermilion, names ? name : words, panel);
    if (names && row.prediction.predicted)
      predicted.lines.push_back({name + ": " + words, kVermilion});
  }
  if (names) add_room(series.targets, panel);
  add_intervals(series.targets, panel);
  panel.layers.push_back(std::move(predicted));
}

/// Over the values of an input, and on to the targets' or, without any, a little beyond.
Slice slice_of(const FittedSeries& series, std::size_t x, std::vector<double> inputs) {
  constexpr double kBeyond = 1.5;
  const bool log = by_log(*series.fitted, x);
  double low = series.fitted->lowest[x], high = series.fitted->highest[x];
  if (log && series.targets.empty()) high *= kBeyond;
  for (const table::PredictedRow& target : series.targets) {
    if (log && target.inputs[x] <= 0) continue;
    low = std::min(low, target.inputs[x]), high = std::max(high, target.inputs[x]);
  }
  return {x, std::move(inputs), low, high, log};
}

Axis x_axis(const FittedSeries& series, std::size_t x) {
  Axis axis = input_axis(*series.fitted, x);
  for (const table::PredictedRow& target : series.targets) {
    if (target.inputs[x] >= 1e15) axis.ticks = TickStyle::power;
  }
  return axis;
}

/// A curve for each of `family`'s values in this panel; the other inputs as in `inputs`.
void add_curves(const FittedSeries& series, const Family& family, std::vector<double> inputs,
                Panel& panel) {
  const Axes& axes = series.axes;
  for (const double value : curves_of(series, family)) {
    const std::size_t level = nearest_level(family.values, value);
    inputs[*axes.family] = value;
    add_law(series, slice_of(series, axes.x, inputs),
            Curve{.colour = family.colours[level],
                  .label = input_words(series, *axes.family, family.values[level])},
            panel);
  }
}

/// Each in the colour of its own value, whether or not that has a curve.
void add_points(const FittedSeries& series, const Family& family, Panel& panel) {
  const Axes& axes = series.axes;
  std::map<std::size_t, Scatter> by_level;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    const std::vector<double>& row = series.inputs[i];
    Scatter& to = by_level[nearest_level(family.values, row[*axes.family])];
    to.x.push_back(row[axes.x]);
    to.y.push_back(series.y[i]);
  }
  for (auto& [level, points] : by_level) {
    points.colour = family.colours[level];
    points.size_px = 6;
    panel.layers.push_back(in_crowd(std::move(points), series.y.size()));
  }
}

/// A panel of one group.
Panel family_panel(const FitPicture& picture, const FittedSeries& series) {
  const Axes& axes = series.axes;
  Panel panel{.title = series.label, .x = x_axis(series, axes.x), .y = {.label = picture.y}};
  const std::vector<double> inputs = medians(series);
  if (axes.family) {
    const Family& family = picture.families.at(*axes.family);
    add_curves(series, family, inputs, panel);
    add_points(series, family, panel);
  } else {
    add_law(series, slice_of(series, axes.x, inputs), Curve{.colour = kBlue}, panel);
    panel.layers.push_back(
        in_crowd({.x = column(series, axes.x), .y = series.y, .colour = kBlue, .size_px = 6},
                 series.y.size()));
  }
  const double from = slice_of(series, axes.x, inputs).low;
  add_targets(series, axes, from, panel);
  return panel;
}

/// Groups of a law of one input in one panel, a colour each.
Panel groups_panel(const FitPicture& picture) {
  const FittedSeries& first = picture.series.front();
  Panel panel{.x = x_axis(first, 0), .y = {.label = picture.y}};
  Key predicted;
  const std::size_t n = n_observations(picture);
  for (std::size_t i = 0; i < picture.series.size(); ++i) {
    const FittedSeries& series = picture.series[i];
    const Colour colour = category_colour(i);
    add_law(series, slice_of(series, 0, series.inputs.front()), Curve{.colour = colour}, panel);
    panel.layers.push_back(in_crowd({.x = column(series, 0),
                                     .y = series.y,
                                     .colour = colour,
                                     .size_px = 7,
                                     .label = series.label},
                                    n));
    for (const table::PredictedRow& row : series.targets) {
      if (!row.prediction.predicted) continue;
      add_mark(row.inputs[0], row, colour, "", panel);
      predicted.lines.push_back({series.label + " at " + number_words(row.inputs[0]) + ": " +
                                     prediction_words(row, series.is_doubted),
                                 colour});
    }
  }
  for (const FittedSeries& series : picture.series) add_intervals(series.targets, panel);
  constexpr std::size_t kMostLines = 8;
  if (predicted.lines.size() <= kMostLines) panel.layers.push_back(std::move(predicted));
  return panel;
}

/// Curves without points in front of all panels' own, so that the legend has these in order.
void order_legend(const FitPicture& picture, Panel& first) {
  std::vector<Layer> entries;
  for (const auto& [input, family] : picture.families) {
    for (const std::size_t level : family.drawn)
      entries.push_back(
          Curve{.colour = family.colours[level],
                .label = input_words(picture.series.front(), input, family.values[level])});
  }
  first.layers.insert(first.layers.begin(), entries.begin(), entries.end());
}

/// The same axes for groups that lie near each other, so that they can be compared.
void align(std::vector<Panel>& panels, const std::vector<FittedSeries>& series) {
  constexpr double kLeastShare = 0.3;  // of all groups' span, that each has to take
  double low = kInfinity, high = -kInfinity, least_span = kInfinity;
  for (const FittedSeries& one : series) {
    const auto [least, most] = std::minmax_element(one.y.begin(), one.y.end());
    low = std::min(low, *least), high = std::max(high, *most);
    least_span = std::min(least_span, *most - *least);
  }
  if (!(least_span > kLeastShare * (high - low))) return;
  const double room = 0.15 * (high - low);
  for (Panel& panel : panels) panel.y.lower = low - room, panel.y.upper = high + room;
}

}  // namespace

Figure fit_figure(const table::FitResult& result, const std::string& y) {
  FitPicture picture{series_of(result), y};
  picture.families = families_of(picture.series);
  Figure figure{.title = picture.y};
  if (picture.series.empty()) return figure;
  figure.title = title_of(picture);
  const std::size_t n = picture.series.size();
  const bool any_target = !std::ranges::all_of(
      picture.series, [](const FittedSeries& series) { return series.targets.empty(); });
  const bool one_input = picture.series.front().inputs.front().size() == 1;
  if (one_input && n > 1 && n <= kMostGroupsInAPanel) {
    figure.panels = {groups_panel(picture)};
  } else {
    for (const FittedSeries& series : picture.series)
      figure.panels.push_back(family_panel(picture, series));
    if (n > 1) order_legend(picture, figure.panels.front());
    if (n > 1 && !any_target) align(figure.panels, picture.series);
  }
  if (const std::string words = only_input_words(*result.law, result.prepared.x); !words.empty()) {
    for (Panel& panel : figure.panels) panel.x.label = words;
  }
  figure.subtitle = subtitle_of(picture, figure) + words_on_predictions(result);
  size_panels(figure);
  return figure;
}

}  // namespace rung
