#pragma once
/// What models, run lengths and targets look like in the ladder's figures, and their axes.

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

inline constexpr double kRunSizePx = 7, kCheckpointSizePx = 3.2;
/// What is predicted is a ring around the star of what came, so that both show where they agree.
inline constexpr double kActualSizePx = 7, kPredictedSizePx = 13;

/// Named and bounded as the metric is.
Axis value_axis(Metric metric);

/// ", 95% interval" where some target of some result has one.
std::string interval_words(const std::vector<TargetPrediction>& targets);
template <class Result>
std::string interval_words_of_any(std::span<const Result> results) {
  std::string words;
  for (const Result& result : results)
    words = words.empty() ? interval_words(result.targets) : words;
  return words;
}

/// What is predicted for a task.
struct TaskPrediction {
  std::string task;  // "": there is one
  const TargetPrediction* prediction = nullptr;
};

/// " at 7B-4T: PIQA 84.9%, COPA 73.7%", of more than three the lowest and the highest: of tasks
/// whose one target was not measured; "" where there are more targets, or none.
std::string predicted_words(const std::vector<TaskPrediction>& tasks, Metric metric);

/// Colours by model size, markers by run length where a size has several; targets in colours of
/// their own.
class Look {
 public:
  template <class Point>
  explicit Look(const std::vector<Point>& points) {
    std::map<std::string, double> sizes;  // of training models
    std::set<std::pair<std::string, std::string>> runs;
    for (const Point& point : points) {
      const Origin& origin = point.origin;
      if (origin.mode == Mode::eval) {
        add(targets_, origin.model);
        add(measured_, origin.model);
        continue;
      }
      sizes[origin.label] = size_of(point);
      runs.emplace(origin.label, origin.length);
      if (!origin.length.empty()) add(lengths_, origin.length);
    }
    // What names end in may be the size once more.
    if (runs.size() == sizes.size()) lengths_.clear();
    order(sizes);
  }

  /// Targets that are no runs, and which of all were measured.
  void add_targets(const std::vector<TargetPrediction>& predictions);

  Colour model(const std::string& label) const;
  Colour target(const std::string& name) const;
  Marker length(const std::string& length) const;
  /// Whether there are others, whose marks may lie upon a target's.
  bool has_several_targets() const { return targets_.size() > 1; }

  /// `by_length`: the panels tell run lengths apart.
  std::vector<LegendGroup> legend(bool by_length, const std::string& interval) const;

 private:
  static double size_of(const Step1Point& point) { return point.n_params; }
  static double size_of(const Step2Point& point) { return point.n_params.value_or(0); }
  static void add(std::vector<std::string>& names, const std::string& name);
  void order(const std::map<std::string, double>& sizes);

  std::vector<std::string> models_, lengths_, targets_;
  std::vector<std::string> measured_;  // those of the targets
  std::vector<Colour> colours_;
};

/// Compute where it is known for every run and target, tokens otherwise.
class TrainingAxis {
 public:
  TrainingAxis(const std::vector<Step1Point>& points, const std::vector<TargetPrediction>& targets);

  double at(double n_tokens, const std::optional<double>& flops) const {
    return in_flops_ ? flops.value_or(0) : n_tokens;
  }
  double at(const Target& target) const { return at(target.n_tokens, target.compute_flops); }

  Axis axis() const;
  /// "Training is in tokens: the FLOPs of 7B-4T are not known", where all runs' are; else "".
  std::string why_tokens() const;

 private:
  bool in_flops_ = true;
  std::vector<std::string> without_flops_{};  // targets, where all runs have theirs
  std::optional<double> upper_;
};

/// Behind values that do not belong with the others.
Scatter ring(std::vector<double> x, std::vector<double> y);
/// Over tokens.
Scatter ring_of_wrong(const std::vector<WrongCheckpoint>& checkpoints);

void add_run(const Look& look, const Origin& origin, double x, double y, Panel& panel);

/// Whether the fit determines the prediction, and its interval, where there is one, says something
/// of what lies between the axis's floor and ceiling.
bool is_determined(const TargetPrediction& target, const Axis& axis);

/// Star, open circle with its interval; only the star where the prediction is not determined.
void add_target_marks(const Look& look, const TargetPrediction& target, double x, Panel& panel);

/// How far off the prediction is, "+1.4%", or that it is not determined; "" where neither is known.
std::string target_words(const TargetPrediction& target, const Axis& axis);

/// Both, the words beside the star; where there are several targets, the name and the value of one
/// that was not measured.
void add_target(const Look& look, const TargetPrediction& target, double x, Panel& panel);

}  // namespace rung::ladder
