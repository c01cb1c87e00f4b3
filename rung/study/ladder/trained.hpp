#pragma once
/// The combined predictor fitted to some of a task's runs, and rolled forward over a fold.

#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/growth.hpp"

namespace rung::ladder {

/// All that is fitted to some of a task's runs.
class Trained {
 public:
  Trained(const TaskData& data, const RunClusters& clusters, std::span<const std::size_t> runs,
          FitMemory& memory);

  struct Prediction {
    std::vector<std::optional<double>> members;
    Combination combination;
    double log_distance = 0;
  };
  Prediction predict(const Scale& at) const;

  /// The same without each of the runs in turn: [runs]. Refitted from this optimum, or anew where
  /// the others' signal is another.
  std::vector<Trained> leave_one_out(FitMemory& memory) const;

  /// Leaves a lower end open: the members refitted with it say what is predicted then.
  void add_lower_end(const LowerEnd& end);
  const std::optional<LowerEnd>& lower_end() const { return lower_end_; }
  std::optional<double> predict_with_lower_end(const Scale& at) const;

  /// ln(compute / the most of a run), both by one count: FLOPs, or 6 N D where those are not known.
  double log_distance(const Scale& at) const;

  /// Variances of the logit of an accuracy, beside the members' parameters.
  struct Variances {
    double run = 0, sampling = 0, discrepancy = 0;

    double sum() const { return run + sampling + discrepancy; }
  };
  Variances variances(const Prediction& prediction) const;

  /// The refits without each cluster of runs, for jackknife_variance().
  void add_refits();
  /// Variance of the combined logit by the refits; 0 without them.
  double jackknife_variance(const Scale& at) const;

  /// Beyond the largest run predict() keeps this share of the growth over what the largest reached.
  void keep_growth(double share) { share_of_growth_ = share; }
  double share_of_growth() const { return share_of_growth_; }

  /// Standard deviation of the runs' accuracies: what a task at chance shows of its noise.
  double accuracy_sd() const;

  /// Of Student's t for its errors: runs beyond those that the parameters take, or clusters less
  /// one.
  double degrees_of_freedom() const { return degrees_of_freedom_; }

  const TaskSignal& signal() const { return signal_; }
  const std::vector<Member>& members() const { return members_; }
  const std::vector<double>& residuals() const { return residuals_; }
  std::size_t n_clusters() const { return clusters_.n; }

 private:
  /// By what the runs' signal lets be fitted.
  struct Fits {
    TaskSignal signal;
    std::vector<Member> members;
    FittedMembers fitted;
  };
  static Fits fits_of(const TaskData& data, std::span<const std::size_t> runs, FitMemory& memory);
  Trained(const TaskData& data, RunClusters clusters, Fits fits);

  Prediction predict(const FittedMembers& fitted, const Scale& at) const;

  const TaskData* data_;
  std::vector<std::size_t> runs_;
  RunClusters clusters_;  // of runs_
  TaskSignal signal_;
  std::vector<Member> members_;
  FittedMembers fitted_;
  std::vector<FittedMembers> without_each_;
  std::optional<LowerEnd> lower_end_;
  std::optional<FittedMembers> ended_lower_;
  double best_seen_ = 0;
  double most_log_compute_ = 0, most_log_by_rule_ = 0;  // of a run; by 6 N D
  double run_variance_ = 0;  // of the logit, from the combined prediction's own residuals
  double degrees_of_freedom_ = 1;
  double share_of_growth_ = 1;
  std::vector<double> residuals_;  // of the logit, a run each
};

/// Indices of all of a task's runs.
std::vector<std::size_t> all_runs(const TaskData& data);

/// Some of a task's runs rolled forward; folds with too few to fit are left out: laws in compute
/// alone take fewer.
std::vector<Fold> folds_of(const TaskData& data, const RunClusters& clusters,
                           std::span<const std::size_t> runs);

/// A test run of a fold.
struct FoldPoint {
  BacktestPoint point;
  Signal signal = Signal::clear;
  std::optional<Growth> growth;  // where it is predicted, beyond the training runs
  double sd = 0;                 // of the logit: the root of Trained::Variances::sum()
  double degrees_of_freedom = 1;

  /// |Logit error| over `sd`, as the normal that is as rare: the fewer runs a fold is fitted to,
  /// the larger are the errors that chance alone makes. Absent where nothing is predicted.
  std::optional<double> standardized_error(const Task& task) const;
};

/// Predicts a fold's test runs from its training runs; members as in `members`.
std::vector<FoldPoint> roll_forward(const TaskData& data, const Trained& trained, const Fold& fold,
                                    const std::vector<Member>& members);

/// The share of its growth that a task's prediction keeps by its folds. Each fold's predictions
/// keep what the others say.
double keep_growth_that_came(std::vector<std::vector<FoldPoint>>& folds, Signal signal);

}  // namespace rung::ladder
