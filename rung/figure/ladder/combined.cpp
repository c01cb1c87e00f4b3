#include "rung/figure/ladder/combined.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/figure/scale.hpp"
#include "rung/study/ladder/ways.hpp"

namespace rung::ladder {
namespace {

constexpr double kWaysBelow = 0.3;  // of a row: the ways' points stand clear of what they make up
constexpr Colour kOneWay = kGrey, kCombined = kBlue, kMeasured = kVermilion;

std::string sign_of(Trust trust) {
  return trust == Trust::sound ? "" : trust == Trust::rough ? " (?)" : " (!)";
}

std::string level_words(double level) { return significant(100 * level, 3) + "% interval"; }

Scatter ways() {
  return {.colour = kOneWay, .size_px = 5, .opacity = 0.55, .label = "each way of predicting"};
}

Scatter ways_left_out() {
  return {.colour = kOneWay,
          .size_px = 5,
          .filled = false,
          .label = "left out: stands off the other ways"};
}

Scatter combined() { return {.colour = kCombined, .size_px = kPredictedSizePx, .filled = false}; }

/// As it is called in the key, where intervals may be known or not.
void name(Scatter& combined, double level) {
  const auto& ends = combined.x_lower;
  const bool has_interval =
      std::any_of(ends.begin(), ends.end(), [](double end) { return !std::isnan(end); });
  combined.label = has_interval ? "put together, " + level_words(level) : "put together";
}

Scatter measured() {
  return {.colour = kMeasured, .marker = Marker::star, .size_px = kActualSizePx, .label = "actual"};
}

void add(Scatter& scatter, double x, double y) {
  scatter.x.push_back(x);
  scatter.y.push_back(y);
}

/// So that the key names what there is.
void add_drawn(Scatter points, Panel& panel) {
  if (!points.x.empty()) panel.layers.emplace_back(std::move(points));
}

/// Leaves the point out where it has no prediction.
void add(Scatter& scatter, const TargetPrediction& prediction, double y) {
  if (!prediction.predicted) return;
  add(scatter, *prediction.predicted, y);
  const auto& interval = prediction.interval;
  scatter.x_lower.push_back(interval ? interval->lower : NAN);
  scatter.x_upper.push_back(interval ? interval->upper : NAN);
}

/// Right of all that stands in the row.
Note error_note(const TargetPrediction& prediction, double error, double row) {
  double end = std::max(*prediction.actual, *prediction.predicted);
  if (prediction.interval) end = std::max(end, prediction.interval->upper);
  return {std::min(end, 1.0), row, percent(error, 1, true), kMeasured, true};
}

/// All of the intervals, and room for the words at the right, where there are any.
void widen(Panel& panel) {
  constexpr double kRoom = 0.22, kMargin = 0.05;  // of what the points span
  constexpr double kLeastSpan = 0.02;
  Extent extent;
  for (const Layer& layer : panel.layers) {
    if (const Scatter* points = std::get_if<Scatter>(&layer)) {
      for (const auto* values : {&points->x, &points->x_lower, &points->x_upper}) {
        for (const double x : *values) {
          if (x >= 0 && x <= 1) extent.include(x);
        }
      }
    }
  }
  if (extent.empty()) return;
  const double missing = std::max(0.0, kLeastSpan - (extent.upper - extent.lower));
  extent.include(extent.lower - missing / 2);
  extent.include(extent.upper + missing / 2);
  const double span = extent.upper - extent.lower;
  panel.x.lower = std::max(0.0, extent.lower - kMargin * span);
  const bool has_words =
      std::any_of(panel.layers.begin(), panel.layers.end(),
                  [](const Layer& layer) { return std::holds_alternative<Note>(layer); });
  panel.x.upper =
      has_words ? extent.upper + kRoom * span : std::min(1.0, extent.upper + kMargin * span);
}

/// "7B-4T", or "32B, by 5 ways" where they are not as many as in the figure's title.
std::string target_title(const CombinedResult& result, std::size_t target) {
  const std::string all = ways_words(ways_put_together(result));
  const WayCount here = ways_put_together(result, target);
  const std::string& name = result.tasks.front().targets[target].prediction.target.name;
  if (here.most == 0 && !usable(result)) return name;
  return ways_words(here) == all ? name : name + ", by " + ways_words(here);
}

Panel tasks_panel(const CombinedResult& result, std::size_t target) {
  Panel panel{.title = target_title(result, target), .x = value_axis(Metric::rc_acc)};
  Scatter members = ways(), off = ways_left_out(), mean = combined(), actual = measured();
  std::vector<Note> notes;
  for (std::size_t t = 0; t < result.tasks.size(); ++t) {
    const CombinedTarget& at = result.tasks[t].targets[target];
    const double row = static_cast<double>(t);
    panel.y.categories.push_back(result.tasks[t].task.name + sign_of(at.trust));
    for (std::size_t m = 0; m < at.members.size(); ++m) {
      if (at.members[m]) add(at.is_left_out(m) ? off : members, *at.members[m], row + kWaysBelow);
    }
    add(mean, at.prediction, row);
    if (at.prediction.actual) add(actual, *at.prediction.actual, row);
    if (const auto error = at.prediction.relative_error()) {
      Note& note = notes.emplace_back(error_note(at.prediction, *error, row));
      for (const auto& member : at.members) note.x = std::max(note.x, member.value_or(0));
    }
  }
  name(mean, result.level);
  for (Scatter* points : {&members, &off, &mean, &actual}) add_drawn(std::move(*points), panel);
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
  widen(panel);
  return panel;
}

std::string with_backtest(const std::string& name, const std::optional<double>& error) {
  return error ? name + " (" + percent(*error, 1) + ")" : name;
}

Panel members_panel(const CombinedResult& result, std::size_t target) {
  const CombinedTask& task = result.tasks.front();
  const CombinedTarget& at = task.targets[target];
  Panel panel{.title = target_title(result, target), .x = value_axis(Metric::rc_acc)};
  Scatter members = ways(), off = ways_left_out(), mean = combined(), actual = measured();
  for (std::size_t m = 0; m < task.members.size(); ++m) {
    panel.y.categories.push_back(
        with_backtest(task.members[m].title, task.member_backtest_errors[m]));
    if (at.members[m])
      add(at.is_left_out(m) ? off : members, *at.members[m], static_cast<double>(m));
  }
  members.size_px = off.size_px = 8;
  members.opacity = 1;
  const auto row = static_cast<double>(task.members.size());
  panel.y.categories.push_back(
      with_backtest("put together" + sign_of(at.trust), task.backtest_error));
  add(mean, at.prediction, row);
  if (at.prediction.actual) {
    panel.layers.emplace_back(Rule{
        .direction = Rule::Direction::vertical, .at = *at.prediction.actual, .colour = kMeasured});
    add(actual, *at.prediction.actual, row);
  }
  name(mean, result.level);
  for (Scatter* points : {&members, &off, &mean, &actual}) add_drawn(std::move(*points), panel);
  if (const auto error = at.prediction.relative_error())
    panel.layers.emplace_back(error_note(at.prediction, *error, row));
  widen(panel);
  return panel;
}

bool has_target(const CombinedResult& result, Trust trust) {
  return std::any_of(result.tasks.begin(), result.tasks.end(), [&](const CombinedTask& task) {
    return std::any_of(task.targets.begin(), task.targets.end(),
                       [&](const CombinedTarget& target) { return target.trust == trust; });
  });
}

/// Of any task.
bool is_measured(const CombinedResult& result, std::size_t target) {
  return std::any_of(result.tasks.begin(), result.tasks.end(), [&](const CombinedTask& task) {
    return task.targets[target].prediction.actual.has_value();
  });
}

/// ": 90.8% at 7B-4T", what one task's accuracy is predicted to be, or " at 7B-4T: PIQA 84.9%, COPA
/// (!) 73.7%" of several: at targets that were not measured.
std::string values_words(const CombinedResult& result) {
  std::vector<TaskPrediction> predictions;
  std::vector<std::string> parts;
  for (const CombinedTask& task : result.tasks) {
    for (std::size_t k = 0; k < task.targets.size(); ++k) {
      const TargetPrediction& prediction = task.targets[k].prediction;
      if (is_measured(result, k)) continue;
      predictions.push_back({task.task.name + sign_of(task.targets[k].trust), &prediction});
      if (prediction.predicted)
        parts.push_back(percent(*prediction.predicted, 1) + " at " + prediction.target.name);
    }
  }
  if (result.tasks.size() > 1) return predicted_words(predictions, Metric::rc_acc);
  return parts.empty() ? "" : ": " + join(parts, ", ");
}

/// "relative error 3.8% at 7B-4T, 3.4% at 13B-5T"; "" without anything measured.
std::string errors_words(const CombinedResult& result) {
  std::vector<std::string> parts;
  for (std::size_t target = 0; target < result.tasks.front().targets.size(); ++target) {
    RunningMean error;
    for (const CombinedTask& task : result.tasks) {
      if (const auto one = task.targets[target].prediction.relative_error())
        error.add(std::abs(*one));
    }
    if (const auto mean = error.value())
      parts.push_back(percent(*mean, 1) + " at " +
                      result.tasks.front().targets[target].prediction.target.name);
  }
  return parts.empty() ? "" : "relative error " + join(parts, ", ");
}

/// " by 3 ways put together", " by 1 way", ": nothing is predicted"
std::string by_ways(const CombinedResult& result) {
  const WayCount ways = ways_put_together(result);
  if (ways.most == 0) return ": nothing is predicted";
  return " by " + ways_words(ways) + (ways.most > 1 ? " put together" : "");
}

std::string subtitle_of(const CombinedResult& result) {
  if (!result.why_nothing.empty()) return result.why_nothing;
  std::vector<std::string> parts;
  if (const auto& backtest = result.backtest_error)
    parts.push_back("Rolled forward inside the ladder its relative error is " +
                    percent(*backtest, 1));
  if (result.folds.empty()) parts.emplace_back("Too few runs for a backtest");
  if (has_target(result, Trust::doubtful)) parts.emplace_back("(!): not to be trusted");
  if (has_target(result, Trust::rough)) parts.emplace_back("(?): rough");
  if (result.tasks.size() == 1 && result.backtest_error)
    parts.emplace_back("each way's own error there in brackets");
  return join(parts, "; ");
}

}  // namespace

Figure combined_figure(const CombinedResult& result) {
  const bool one_task = result.tasks.size() == 1;
  const std::string what = one_task ? result.tasks.front().task.name + " accuracy" : "Accuracy";
  const std::string errors = errors_words(result), values = values_words(result);
  Figure figure{.title = what + by_ways(result) +
                         (errors.empty() ? "" : ": " + errors + (one_task ? "" : " on average")) +
                         (errors.empty() || values.empty() ? "" : "; predicted") + values,
                .subtitle = subtitle_of(result)};
  const std::size_t n_targets = result.tasks.front().targets.size();
  for (std::size_t target = 0; target < n_targets; ++target)
    figure.panels.push_back(one_task ? members_panel(result, target) : tasks_panel(result, target));
  figure.n_columns = std::max<std::size_t>(1, std::min<std::size_t>(n_targets, 3));
  const std::size_t rows = figure.panels.empty() ? 1 : figure.panels.front().y.categories.size();
  figure.panel_width_px = 330;
  figure.panel_height_px = 30.0 * static_cast<double>(rows);
  return figure;
}

}  // namespace rung::ladder
