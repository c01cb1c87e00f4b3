#include "rung/figure/runs/runs.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"

namespace rung::runs {
namespace {

constexpr std::size_t kMostPoints = 2000;  // of one curve; more would not be seen

/// Every so many rows.
std::vector<double> thinned(const std::vector<double>& values) {
  const std::size_t step = values.size() / kMostPoints + 1;
  std::vector<double> kept;
  for (std::size_t i = 0; i < values.size(); i += step) kept.push_back(values[i]);
  return kept;
}

rung::Axis x_axis(const Result& result) {
  if (result.axis == Axis::flops)
    return {.label = "Training FLOPs", .log = true, .ticks = TickStyle::power};
  if (result.axis == Axis::tokens)
    return {.label = "Training tokens", .log = true, .ticks = TickStyle::count};
  if (result.axis == Axis::time) return {.label = "Hours of training"};
  return {.label = "Steps", .log = true, .ticks = TickStyle::count};
}

/// Losses fall fast at first: the axis shows what comes after the first fiftieth.
double upper_of_interest(const Result& result) {
  double upper = 0;
  for (const RunSummary& run : result.runs) {
    const std::size_t n = run.smooth_y.size();
    for (std::size_t i = n / 50; i < n; ++i) {
      if (std::isfinite(run.smooth_y[i])) upper = std::max(upper, run.smooth_y[i]);
    }
  }
  return upper;
}

/// The rows as logged, where the curves are smoothed: under all of these.
void add_logged(const Result& result, Panel& panel) {
  constexpr Colour kLogged{0xb0b0b0};  // apart from the grid
  std::string label = "as logged";
  for (const RunSummary& run : result.runs) {
    if (run.smooth_y == run.curve.y) continue;
    panel.layers.push_back(rung::Curve{.x = thinned(run.curve.x),
                                       .y = thinned(run.curve.y),
                                       .colour = kLogged,
                                       .width_px = 0.8,
                                       .label = std::exchange(label, "")});
  }
}

/// "b", or beside the run that it is compared with "b: +0.0132 ± 0.0098".
std::string legend_words(const Result& result, const RunSummary& run) {
  if (run.model == result.against) return run.model + " (compared with)";
  if (!run.difference) return run.model;
  return run.model + ": " + with_minus_sign(difference_words(*run.difference));
}

void add_run(const RunSummary& run, const std::string& label, Colour colour, Panel& panel) {
  panel.layers.push_back(rung::Curve{.x = thinned(run.curve.x),
                                     .y = thinned(run.smooth_y),
                                     .colour = colour,
                                     .width_px = 1.6,
                                     .label = label});
  if (!run.extrapolated) return;
  const FinalLoss& end = *run.extrapolated;
  panel.layers.push_back(
      rung::Curve{.x = end.x, .y = end.y, .colour = colour, .width_px = 1.2, .dash = Dash::dashed});
}

/// Where unfinished runs are expected to end; the legend says so once.
void add_ends(const Result& result, const std::vector<Colour>& colours, Panel& panel) {
  std::string label = "expected end, with its interval";
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    if (!result.runs[i].extrapolated) continue;
    const FinalLoss& end = *result.runs[i].extrapolated;
    Scatter target{.x = {end.x.back()},
                   .y = {end.y.back()},
                   .colour = colours[i],
                   .size_px = 9,
                   .filled = false,
                   .label = std::exchange(label, "")};
    if (end.prediction.interval) {
      target.y_lower = {end.prediction.interval->lower};
      target.y_upper = {end.prediction.interval->upper};
    }
    panel.layers.push_back(std::move(target));
  }
}

bool falls_off(const RunSummary& run) { return run.expected && run.expected->falls_off; }

void add_trouble(const Result& result, Panel& panel) {
  // In no run's colour.
  Scatter spikes{.colour = kInk, .marker = Marker::triangle, .size_px = 7, .label = "spike"};
  Scatter divergences{
      .colour = kInk, .marker = Marker::cross, .size_px = 10, .label = "diverges from here"};
  Scatter off{
      .colour = kInk, .marker = Marker::diamond, .size_px = 9, .label = "off the other runs' law"};
  for (const RunSummary& run : result.runs) {
    if (falls_off(run) && !run.curve.x.empty()) {
      off.x.push_back(run.curve.x.back());
      off.y.push_back(*run.final_value);
    }
    for (const Spike& spike : run.spikes) {
      spikes.x.push_back(run.curve.x[spike.first]);
      spikes.y.push_back(run.curve.y[spike.first]);
    }
    if (!run.divergence) continue;
    divergences.x.push_back(run.curve.x[*run.divergence]);
    divergences.y.push_back(run.smooth_y[*run.divergence]);
  }
  if (!spikes.x.empty()) panel.layers.push_back(std::move(spikes));
  if (!divergences.x.empty()) panel.layers.push_back(std::move(divergences));
  if (!off.x.empty()) panel.layers.push_back(std::move(off));
}

/// Where a first curve comes below `upper`, the axis begins.
double first_seen(const Result& result, double upper) {
  double first = kInfinity;
  for (const RunSummary& run : result.runs) {
    const auto& [x, y] = run.curve;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (y[i] <= upper && (x[i] > 0 || result.axis == Axis::time)) first = std::min(first, x[i]);
    }
  }
  return first;
}

/// The learning rate of the runs that log it; empty where none does.
Panel lr_panel(const Result& result, const std::vector<Colour>& colours) {
  Panel panel{.x = x_axis(result), .y = {.label = "Learning rate"}};
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    const auto& lr = result.runs[i].lr;
    if (lr.x.size() > 1)
      panel.layers.push_back(rung::Curve{
          .x = thinned(lr.x), .y = thinned(lr.y), .colour = colours[i], .width_px = 1.4});
  }
  return panel;
}

/// One above the other, the same place means the same.
void share_x_axis(const Result& result, std::vector<Panel>& panels) {
  double lower = kInfinity, upper = -kInfinity;
  const auto hold = [&](const std::vector<double>& x) {
    for (const double at : x) {
      if (at <= 0 && result.axis != Axis::time) continue;  // the axis is logarithmic
      lower = std::min(lower, at);
      upper = std::max(upper, at);
    }
  };
  for (const RunSummary& run : result.runs) {
    hold(run.curve.x);
    hold(run.lr.x);
    if (run.extrapolated) hold(run.extrapolated->x);
  }
  if (!(lower < upper)) return;
  constexpr double kMargin = 0.04;  // of the axis, for what is drawn at its ends
  const bool is_log = panels.front().x.log;
  const double margin = kMargin * (is_log ? std::log(upper / lower) : upper - lower);
  for (Panel& panel : panels) {
    panel.x.lower = is_log ? lower / std::exp(margin) : lower - margin;
    panel.x.upper = is_log ? upper * std::exp(margin) : upper + margin;
  }
}

std::string title_of(const Result& result) {
  std::size_t n_unfinished = 0, n_diverged = 0, n_off = 0;
  for (const RunSummary& run : result.runs) {
    n_unfinished += run.state == State::unfinished;
    n_diverged += run.state == State::diverged;
    n_off += falls_off(run);
  }
  std::string title = counted(result.runs.size(), "run");
  if (n_unfinished > 0) title += ", " + std::to_string(n_unfinished) + " under way";
  if (n_diverged > 0) title += ", " + std::to_string(n_diverged) + " diverged";
  if (n_off > 0) title += ", " + std::to_string(n_off) + " off the others' law";
  return title;
}

/// What the legend's differences are and their marks, then the first note.
std::string subtitle_of(const Result& result) {
  std::vector<std::string> parts;
  bool is_doubted = false;
  for (const RunSummary& run : result.runs) {
    if (!run.difference) continue;
    if (parts.empty()) parts.emplace_back("differences of means over the last tenth of both");
    if (parts.size() == 1 && run.difference->interval)
      parts.push_back("±: " + significant(100 * run.difference->interval->level, 3) + "% interval");
    is_doubted = is_doubted || run.difference->doubt != DifferenceDoubt::none;
  }
  if (is_doubted) parts.emplace_back("(?): it may be noise");
  std::string words = join(parts, ", ");
  if (!result.notes.empty()) words += (words.empty() ? "" : "; ") + result.notes.front();
  return words;
}

}  // namespace

Figure runs_figure(const Result& result) {
  if (std::ranges::all_of(result.runs, [](const RunSummary& run) { return run.curve.x.empty(); }))
    throw InputError("there is nothing to draw: no run has " + result.metric + " against " +
                         std::string(axis_name(result.axis)),
                     "--over says what else, --batch-tokens tokens a step");
  Panel panel{.x = x_axis(result), .y = {.label = result.metric}};
  const double upper = upper_of_interest(result);
  if (upper > 0) {
    panel.y.upper = upper;
    const auto above = [upper](double y) { return y > upper; };
    if (std::ranges::any_of(result.runs, [&](const RunSummary& run) {
          return std::ranges::any_of(run.smooth_y, above);
        }))
      panel.y.label += " (after the first 2% of a run)";
  }
  const std::vector<Colour> colours = category_colours(result.runs.size());
  add_logged(result, panel);
  for (std::size_t i = 0; i < result.runs.size(); ++i)
    add_run(result.runs[i], legend_words(result, result.runs[i]), colours[i], panel);
  add_ends(result, colours, panel);
  add_trouble(result, panel);
  std::vector<Panel> panels = {std::move(panel)};
  Panel rates = lr_panel(result, colours);
  if (!rates.layers.empty()) {
    panels.push_back(std::move(rates));
    share_x_axis(result, panels);
  } else if (const double first = first_seen(result, upper); std::isfinite(first)) {
    panels.front().x.lower = first;
  }
  return {.title = title_of(result),
          .subtitle = subtitle_of(result),
          .panels = std::move(panels),
          .panel_width_px = 560,
          .panel_height_px = 340};
}

}  // namespace rung::runs
