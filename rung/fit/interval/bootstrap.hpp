#pragma once
/// Refitting under resampled weights, fast.

#include <cstdint>
#include <functional>
#include <vector>

#include "rung/fit/fit.hpp"

namespace rung {

/// Fills `weights` [n points] for one replicate. Called from several threads, once for each
/// replicate.
using DrawWeights = std::function<void(std::size_t replicate, double* weights)>;

struct BootstrapOptions {
  std::size_t n_replicates = 2000;
  int n_threads = 0;
};

struct Bootstrap {
  std::size_t n_parameters = 0;
  std::vector<double> theta;      // [n_replicates x n_parameters], natural scale
  std::vector<double> objective;  // [n_replicates]
  /// Replicates that did not converge; they keep the best point found.
  std::size_t n_not_converged = 0;

  std::size_t size() const { return objective.size(); }
  std::vector<double> theta_of(std::size_t replicate) const;
};

/// Refits `problem` for each replicate's weights, from the fitted optimum `theta`. The first
/// replicates are solved from several starts each and become a library of starts; each later one
/// starts from the library entries that its own weights like best, which for a loss this close to
/// L1 matters more than the solver. The result is the same on any number of threads.
Bootstrap bootstrap(const FitProblem& problem, const std::vector<double>& theta,
                    const DrawWeights& draw, const BootstrapOptions& options);

/// Weights of a case bootstrap over clusters: cluster_of[i] in {0, …, n_clusters - 1} names the
/// cluster that point i is drawn with; points with cluster -1 keep their weight. Replicate i draws
/// from Rng(seed, i).
DrawWeights draw_clusters(std::vector<int> cluster_of, int n_clusters, std::vector<double> weights,
                          std::uint64_t seed);

}  // namespace rung
