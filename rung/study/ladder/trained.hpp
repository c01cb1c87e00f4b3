#pragma once
/// The combined predictor fitted to some of a task's runs, and rolled forward over a fold.

#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {

/// All that is fitted to some of a task's runs.
class Trained {
 public:
  Trained(const TaskData& data, const RunClusters& clusters, std::vector<std::size_t> runs,
          FitMemory& memory);

  struct Prediction {
    std::vector<std::optional<double>> members;
    Combination combination;
    double log_distance = 0;
  };
  Prediction predict(const Scale& at) const;

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
  const TaskData* data_;
  std::vector<std::size_t> runs_;
  RunClusters clusters_;  // of runs_
  TaskSignal signal_;
  std::vector<Member> members_;
  FittedMembers fitted_;
  std::vector<FittedMembers> without_each_;
  double best_seen_ = 0, most_log_compute_ = 0;
  double run_variance_ = 0;  // of the logit, from the combined prediction's own residuals
  double degrees_of_freedom_ = 1;
  std::vector<double> residuals_;  // of the logit, a run each
};

/// A test run of a fold.
struct FoldPoint {
  BacktestPoint point;
  Signal signal = Signal::clear;
  /// |Logit error| over the root of Trained::Variances::sum(), as the normal that is as rare: the
  /// fewer runs a fold is fitted to, the larger are the errors that chance alone makes.
  double standardized_error = 0;
};

/// Predicts a fold's test runs from its training runs; members as in `members`.
std::vector<FoldPoint> roll_forward(const TaskData& data, const Trained& trained, const Fold& fold,
                                    const std::vector<Member>& members);

}  // namespace rung::ladder
