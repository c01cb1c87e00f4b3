#include "rung/figure/ladder/look.hpp"

#include <algorithm>
#include <array>

#include "rung/core/text.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {
namespace {

constexpr double kRoomBeyondTargets = 24;  // times their training, for the words beside them
constexpr std::array kMarkers = {Marker::circle,  Marker::square,        Marker::triangle,
                                 Marker::diamond, Marker::down_triangle, Marker::plus};

std::size_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// "10xC" -> 10.
double multiple(const std::string& length) {
  return parse_double(length.substr(0, length.find('x'))).value_or(0);
}

std::string value_text(double value, bool in_percent) {
  return in_percent ? percent(value, 1) : fixed(value, 3);
}

}  // namespace

Axis value_axis(Metric metric) {
  Axis axis{.label = std::string(metric_label(metric))};
  if (!is_accuracy(metric)) return axis;
  axis.ticks = TickStyle::percent;
  axis.floor = 0;
  axis.ceiling = 1;
  return axis;
}

std::string interval_words(const std::vector<TargetPrediction>& targets) {
  for (const TargetPrediction& target : targets) {
    if (target.interval) return ", " + significant(100 * target.interval->level, 3) + "% interval";
  }
  return "";
}

// ---- Look

void Look::order(const std::map<std::string, double>& sizes) {
  for (const auto& [label, size] : sizes) models_.push_back(label);
  std::stable_sort(models_.begin(), models_.end(),
                   [&](const auto& a, const auto& b) { return sizes.at(a) < sizes.at(b); });
  std::stable_sort(lengths_.begin(), lengths_.end(),
                   [](const auto& a, const auto& b) { return multiple(a) < multiple(b); });
  colours_ = ordered_colours(models_.size());
}

void Look::add(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::string predicted_words(const std::vector<TaskPrediction>& tasks, Metric metric) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<TaskPrediction> known;
  for (const TaskPrediction& one : tasks) {
    const TargetPrediction& at = *one.prediction;
    if (at.target.name != tasks.front().prediction->target.name) return "";
    if (at.predicted && at.determined) known.push_back(one);
  }
  if (known.empty()) return "";
  const auto value_words = [&](const TaskPrediction& one) {
    return (one.task.empty() ? "" : one.task + " ") +
           value_text(*one.prediction->predicted, is_accuracy(metric));
  };
  std::string words;
  if (known.size() <= kMostNamed) {
    std::vector<std::string> parts;
    for (const TaskPrediction& one : known) parts.push_back(value_words(one));
    words = join(parts, ", ");
  } else {
    const auto [lowest, highest] = std::minmax_element(
        known.begin(), known.end(), [](const TaskPrediction& a, const TaskPrediction& b) {
          return *a.prediction->predicted < *b.prediction->predicted;
        });
    words = "from " + value_words(*lowest) + " to " + value_words(*highest);
  }
  return " at " + tasks.front().prediction->target.name + ": " + words +
         (known.size() < tasks.size() ? ", where it is determined" : "");
}

void Look::add_targets(const std::vector<TargetPrediction>& predictions) {
  for (const TargetPrediction& prediction : predictions) {
    add(targets_, prediction.target.name);
    if (prediction.actual) add(measured_, prediction.target.name);
  }
}

Colour Look::model(const std::string& label) const { return colours_[index_of(models_, label)]; }

Colour Look::target(const std::string& name) const {
  return target_colour(index_of(targets_, name));
}

Marker Look::length(const std::string& length) const {
  return lengths_.empty() || length.empty()
             ? kMarkers.front()
             : kMarkers[index_of(lengths_, length) % kMarkers.size()];
}

std::vector<LegendGroup> Look::legend(bool by_length, const std::string& interval) const {
  std::vector<LegendGroup> groups(1);
  groups[0].title = "Trained:";
  for (const std::string& label : models_) {
    groups[0].samples.push_back(
        Scatter{.colour = model(label), .size_px = kRunSizePx, .label = label});
  }
  if (by_length && lengths_.size() > 1) {
    LegendGroup& group = groups.emplace_back();
    for (const std::string& name : lengths_) {
      group.samples.push_back(
          Scatter{.colour = kGrey, .marker = length(name), .size_px = kRunSizePx, .label = name});
    }
  }
  if (targets_.empty()) return groups;
  LegendGroup& group = groups.emplace_back();
  group.title = "Target:";
  for (const std::string& name : targets_) {
    const bool measured = contains(measured_, name);
    group.samples.push_back(Scatter{.colour = target(name),
                                    .marker = measured ? Marker::star : Marker::circle,
                                    .size_px = measured ? kActualSizePx : kPredictedSizePx,
                                    .filled = measured,
                                    .label = name + (measured ? " actual" : "")});
  }
  group.samples.push_back(Scatter{.colour = kGrey,
                                  .size_px = kPredictedSizePx,
                                  .filled = false,
                                  .label = "predicted" + interval});
  return groups;
}

// ---- The axis of training

TrainingAxis::TrainingAxis(const std::vector<Step1Point>& points,
                           const std::vector<TargetPrediction>& targets) {
  for (const Step1Point& point : points) in_flops_ &= point.compute_flops.has_value();
  for (const TargetPrediction& target : targets) {
    if (in_flops_ && !target.target.compute_flops) without_flops_.push_back(target.target.name);
  }
  in_flops_ &= without_flops_.empty();
  for (const TargetPrediction& target : targets)
    upper_ = std::max(upper_.value_or(0), kRoomBeyondTargets * at(target.target));
}

Axis TrainingAxis::axis() const {
  return {.label = in_flops_ ? "Training compute (FLOPs)" : "Training tokens",
          .log = true,
          .ticks = in_flops_ ? TickStyle::power : TickStyle::count,
          .upper = upper_};
}

std::string TrainingAxis::why_tokens() const {
  if (without_flops_.empty()) return "";
  return "Training is in tokens: the FLOPs of " + join(without_flops_, ", ") + " are not known";
}

// ---- Marks

Scatter ring(std::vector<double> x, std::vector<double> y) {
  constexpr double kRingPx = 15;
  return {
      .x = std::move(x), .y = std::move(y), .colour = kInk, .size_px = kRingPx, .filled = false};
}

Scatter ring_of_wrong(const std::vector<WrongCheckpoint>& checkpoints) {
  std::vector<double> x, y;
  for (const WrongCheckpoint& one : checkpoints) {
    x.push_back(one.n_tokens);
    y.push_back(one.value);
  }
  return ring(std::move(x), std::move(y));
}

void add_run(const Look& look, const Origin& origin, double x, double y, Panel& panel) {
  panel.layers.emplace_back(Scatter{.x = {x},
                                    .y = {y},
                                    .colour = look.model(origin.label),
                                    .marker = look.length(origin.length),
                                    .size_px = kRunSizePx});
}

bool is_determined(const TargetPrediction& target, const Axis& axis) {
  if (!target.determined) return false;
  if (!target.interval || !axis.floor || !axis.ceiling) return true;
  const double upper = std::min(target.interval->upper, *axis.ceiling);
  const double lower = std::max(target.interval->lower, *axis.floor);
  return upper - lower < kOpenWidth * (*axis.ceiling - *axis.floor);
}

void add_target_marks(const Look& look, const TargetPrediction& target, double x, Panel& panel) {
  const Colour colour = look.target(target.target.name);
  if (target.predicted && is_determined(target, panel.y)) {
    Scatter predicted{.x = {x},
                      .y = {*target.predicted},
                      .colour = colour,
                      .size_px = kPredictedSizePx,
                      .filled = false,
                      .opacity = 0};  // what is measured of another target may lie there
    if (target.interval) {
      predicted.y_lower = {target.interval->lower};
      predicted.y_upper = {target.interval->upper};
    }
    panel.layers.emplace_back(std::move(predicted));
  }
  if (target.actual) {
    panel.layers.emplace_back(Scatter{.x = {x},
                                      .y = {*target.actual},
                                      .colour = colour,
                                      .marker = Marker::star,
                                      .size_px = kActualSizePx});
  }
}

std::string target_words(const TargetPrediction& target, const Axis& axis) {
  if (!is_determined(target, axis)) return "not determined";
  const auto error = target.relative_error();
  return error ? percent(*error, 1, true) : "";
}

void add_target(const Look& look, const TargetPrediction& target, double x, Panel& panel) {
  add_target_marks(look, target, x, panel);
  std::string words = target_words(target, panel.y);
  if (words.empty() && target.predicted && look.has_several_targets())
    words = target.target.name + " " +
            value_text(*target.predicted, panel.y.ticks == TickStyle::percent);
  const std::optional<double> at = target.actual ? target.actual : target.predicted;
  if (!words.empty() && at)
    panel.layers.emplace_back(Note{x, *at, words, look.target(target.target.name)});
}

}  // namespace rung::ladder
