#pragma once
/// How noisy a run's last checkpoints are, beside the prediction's errors: a task that
/// wanders there can't be predicted to better than that.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

struct VarianceSettings {
  Metric loss = Metric::rc_bpb;
  Metric accuracy = Metric::rc_acc;
  std::size_t last_n_points = 10;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// Relative errors of predictions of the same task, signed.
struct PredictionErrors {
  std::optional<double> loss, accuracy, chained;
  std::vector<std::string> doubts{};  // why not to trust the prediction; empty: no reason
};

/// Of a series, over its mean, beside a trend.
struct TrendNoise {
  double relative_sd = 0;
  /// The trend bends between neighbours as well: how much of this is noise can't be told.
  bool at_most = false;
};

struct VarianceResult {
  Task task;
  VarianceSettings settings;
  std::string model;  // whose checkpoints these are
  std::string run;    // its name, with its length: "1.3B-5xC"
  // Over the last checkpoints: standard deviations (population form, as published), the same over
  // the mean, and Pearson's correlation of loss and accuracy with its two-sided p value.
  double loss_sd = 0, loss_relative_sd = 0;
  double accuracy_sd = 0, accuracy_relative_sd = 0;
  std::optional<double> pearson, p_value;  // absent where one of them does not vary
  /// Of the loss and the accuracy relative to their means, where most of the spread is a trend over
  /// the last checkpoints: the noise that is left beside it.
  std::optional<TrendNoise> loss_noise, accuracy_noise;
  /// Among the last ones, of the loss or the accuracy: the spread has them in it.
  std::vector<WrongCheckpoint> wrong_checkpoints;
  PredictionErrors errors;
  // All checkpoints of the run.
  std::vector<double> n_tokens, losses, accuracies;

  std::size_t n_last() const;  // checkpoints that the spread is over
  /// Of the run's tokens, the part that the last checkpoints are spread over.
  double share_of_run() const;
  /// Whether that is so much that they differ by the run's course, too.
  bool spans_the_run() const { return share_of_run() > 0.5; }
  /// Too few for noise_beside_trend() to see even a straight line that all of them lie on: then a
  /// spread without noise found beside a trend is not known to be noise.
  bool too_few_for_trend() const;
  /// Whether one of the last checkpoints of this metric is off.
  bool has_wrong(Metric metric) const;
};

/// The standard deviation of a series by its second differences, which no straight trend moves,
/// where the first ones say that less than half of its variance is noise: von Neumann's ratio
/// (1941, Annals of Mathematical Statistics 12:367) is then 2.5 standard errors below that of noise
/// alone. `at_most` where the third differences leave three quarters of it or less, as they do of
/// one in 35 series of ten values about a straight trend, or the values are fewer than six.
std::optional<TrendNoise> noise_beside_trend(const std::vector<double>& values);

/// The noise of the one run in the ladder. InputError where there is not exactly one, or where it
/// has fewer than two checkpoints to look at.
VarianceResult run_variance(const Ladder& ladder, const Task& task,
                            const VarianceSettings& settings);

/// The noise of each task.
std::vector<VarianceResult> run_variance(const VarianceSettings& settings, const Ladder& ladder,
                                         const std::vector<Task>& tasks);

/// Whether several tasks share their loss, which is then one series.
bool share_loss(const std::vector<VarianceResult>& results);

/// What that loss is called: "C4 loss", or by its column.
std::string shared_loss_name(const VarianceResult& result);

/// Puts the errors of the published prediction (through the results' loss) beside them, at the eval
/// model of `step2_runs`. InputError where that has none.
void add_prediction_errors(const Ladder& runs, const Ladder& step2_runs,
                           std::vector<VarianceResult>& results);

/// Pearson's r of two series, and its two-sided p value by Student's t with n - 2 degrees of
/// freedom. Absent where one of the series does not vary or there are fewer than three pairs.
struct Correlation {
  double r = 0;
  double p_value = 0;
};
std::optional<Correlation> pearson(const std::vector<double>& x, const std::vector<double>& y);

/// Correlations over the tasks between the magnitudes of two columns of the variance table.
struct ColumnCorrelation {
  std::string first, second;
  std::optional<Correlation> correlation;
};
struct VarianceColumn {
  std::string name;
  std::optional<double> (*value)(const VarianceResult& result);
};
const std::vector<VarianceColumn>& variance_columns();
std::vector<ColumnCorrelation> column_correlations(const std::vector<VarianceResult>& results);

}  // namespace rung::ladder
