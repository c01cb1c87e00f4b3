#pragma once
/// Runs that share a training: cuts of one trajectory, seeds of one size.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/folds.hpp"

namespace rung::ladder {

enum class ClusterBy {
  run,    // every run is a training of its own
  model,  // the runs of one model are cuts of one training
};

/// "run" or "model"; InputError otherwise.
ClusterBy parse_cluster(const std::string& name);

/// Says so to the ladder's runs.
void cluster_runs(Ladder& ladder, ClusterBy by);

/// Which cluster each run is in, from 0 in order of appearance.
struct RunClusters {
  std::vector<int> of;
  std::size_t n = 0;

  explicit RunClusters(const std::vector<RunData>& runs);
  /// Those of some of the runs, numbered anew.
  RunClusters among(std::span<const std::size_t> runs) const;
  bool shared() const { return n < of.size(); }

 private:
  RunClusters() = default;
};

/// The folds with no test run that shares its training with a run which they are fitted to.
std::vector<Fold> independent_folds(std::vector<Fold> folds, const RunClusters& clusters);

/// Mean squares of one task's residuals between models and within them, with their degrees of
/// freedom.
struct ModelVariances {
  double between = 0, within = 0;
  double between_dof = 0, within_dof = 0;

  /// How much of the variance runs of one model share (one-way intraclass correlation).
  double intraclass_correlation() const;
};

/// Absent with fewer than three models of several runs, and where they do not differ.
std::optional<ModelVariances> variances_by_model(std::span<const double> residuals,
                                                 std::span<const std::string> models);

/// Runs of one model err alike: the F test of a one-way analysis of variance, its ratios averaged
/// over the tasks. How rarely runs of their own agree so well.
double agreement_p_value(std::span<const ModelVariances> tasks);

}  // namespace rung::ladder
