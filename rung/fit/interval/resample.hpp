#pragma once
/// Bootstraps of a fit and the percentile intervals that follow.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/fit/interval/bootstrap.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung {

enum class ResampleKind {
  points,     // points drawn with replacement (the case bootstrap)
  residuals,  // inputs stay; residuals over sqrt(1 - leverage), centred, are drawn
  clusters,   // whole clusters drawn with replacement: seeds of one run, models of one family
};

struct ResampleOptions {
  ResampleKind kind = ResampleKind::points;
  std::vector<int> cluster_of;  // [n points], from 0; for clusters
  std::size_t n_replicates = 2000;
  std::uint64_t seed = 0;
  int n_threads = 0;
};

/// Refits `problem` for each replicate, from the optimum `theta`. InputError for fewer than two
/// clusters.
Bootstrap resample(const FitProblem& problem, const std::vector<double>& theta,
                   const ResampleOptions& options);

/// The middle `level` of the values that are finite; absent where fewer than 20 are.
std::optional<Interval> percentile_interval(std::vector<double> values, double level,
                                            const std::string& method);

/// t(y) - t(f) at theta for each point, centred and widened by its leverage (by sqrt(n / (n - p))
/// where it is unknown): what one more observation may be off by.
std::vector<double> widened_residuals(const FitProblem& problem, const std::vector<double>& theta);

/// Where one more observation at a place lies, whose mean the replicates predict as `means`: a
/// residual is added to each.
std::vector<double> with_residuals(const std::vector<double>& means,
                                   std::span<const double> residuals, Residual residual,
                                   std::uint64_t seed);

}  // namespace rung
