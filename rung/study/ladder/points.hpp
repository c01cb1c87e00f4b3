#pragma once
/// What the two steps are fitted to: a point a run for step 1, a point a checkpoint for step 2.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/series.hpp"

namespace rung::ladder {

/// Which run a point comes from. Points of one run share their noise.
struct Origin {
  std::string model;
  std::string label;
  std::string length;  // "1xC"
  Mode mode = Mode::train;
  std::size_t run = 0;    // index in Ladder::runs; external points count on from there
  std::string file = {};  // the run's; of an external point a name of its own
  /// What runs that share a training have in common; of other runs the file, with the name where it
  /// holds several. A bootstrap draws clusters.
  std::string cluster = {};
};

/// Of a run of the ladder.
Origin origin_of(const Ladder& ladder, std::size_t run);

/// "190M-1xC", from a configuration's 190M and from a run that was logged under that name.
std::string run_name(const Origin& origin);
std::string run_name(const LadderRun& run);

/// A run's end: metric against (N, D, C).
struct Step1Point {
  Origin origin;
  double n_params = 0;
  double n_tokens = 0;                  // at the last checkpoint; above 0
  std::optional<double> compute_flops;  // n_tokens x FLOPs per token
  double y = 0;                         // mean over the last checkpoints
  double y_at_end = 0;                  // over kAtEnd of them at least, where a run has as many
  std::size_t n_averaged = 0;           // how many: fewer than asked for in a short run
  std::optional<double>
      checkpoint_sd;  // sample sd over the last checkpoints; absent for a single one
};

/// As many last checkpoints tell a run that does not belong with the others from one checkpoint's
/// noise; see within_runs.
inline constexpr std::size_t kAtEnd = 3;

struct Step1Options {
  Metric metric = Metric::rc_bpb;
  std::size_t moving_avg = 1;           // checkpoints in y
  std::size_t n_noise_checkpoints = 5;  // checkpoints in checkpoint_sd, whatever moving_avg is

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

struct Step1Points {
  std::vector<Step1Point> points;  // in the ladder's order, training runs and targets
  std::vector<std::string> notes;  // what was left out, and why
};

/// Selects what step 1 is fitted to and what it predicts. Checkpoints before the first token are
/// left out, with a note: the laws take logarithms of D.
Step1Points step1_points(const Ladder& ladder, const Task& task, const Step1Options& options);

/// A checkpoint: accuracy against loss.
struct Step2Point {
  Origin origin;
  std::optional<double> n_params, n_tokens, compute_flops;  // absent for external points
  double x = 0;
  double y = 0;
};

struct Step2Options {
  Metric x_metric = Metric::rc_bpb;
  Metric y_metric = Metric::rc_acc;
  double skip_perc =
      0;  // share of a training run's first checkpoints to leave out; 1: keep the last only
  std::size_t moving_avg = 1;     // trailing window, growing over the first checkpoints
  std::size_t last_n_points = 0;  // of a training run; 0: all

  void validate() const;
};

struct Step2Points {
  std::vector<Step2Point> points;
  std::vector<std::string> notes;
  /// Standard deviation of y between neighbouring checkpoints, over the ends of the training runs.
  double checkpoint_sd = 0;
  /// The training checkpoints as they are, where averages go over more than a tenth of a run:
  /// between checkpoints far apart they bend the curve.
  std::vector<Step2Point> single;
};

/// The value that all training points have, which any curve follows; absent where they differ.
template <class Point>
std::optional<double> one_value(const std::vector<Point>& points) {
  std::optional<double> value;
  for (const Point& point : points) {
    if (point.origin.mode != Mode::train) continue;
    if (value && *value != point.y) return std::nullopt;
    value = point.y;
  }
  return value;
}

/// Selects what step 2 is fitted to and what it predicts. Training runs: skip, then average, then
/// the last n. Targets: average without skipping, then the last checkpoint only. InputError where
/// skip_perc is no share.
Step2Points step2_points(const Ladder& ladder, const Task& task, const Step2Options& options);

/// The first checkpoint of a training run that goes into step 1's point, and into step 2's.
std::size_t first_used(const Run& run, const Step1Options& options);
std::size_t first_used(const Run& run, const Step2Options& options);

/// As many checkpoints to average over, or fewer: a quarter of a training run's at most, by the
/// mean of their numbers. Between checkpoints far apart averages bend the curve, and are not of a
/// run's end.
std::size_t within_runs(const Ladder& ladder, std::size_t moving_avg);
std::size_t within_runs(std::size_t n_checkpoints, std::size_t n_runs, std::size_t moving_avg);

/// Trailing mean over up to `window` values: the first window - 1 means are over all values so far.
std::vector<double> moving_average(const std::vector<double>& values, std::size_t window);

}  // namespace rung::ladder
