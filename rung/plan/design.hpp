#pragma once
/// Which runs to train next so that the fit, or what it predicts, becomes sharpest for the money.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fit.hpp"

namespace rung::plan {

enum class Criterion {
  d,  // the volume of the parameters' confidence ellipsoid
  v,  // the mean variance of the predictions at the targets
  c,  // the variance of the first target's prediction
};

struct Candidate {
  std::vector<double> inputs;
  double cost = 1;  // FLOPs, hours, money: the budget's unit
};

struct DesignOptions {
  Criterion criterion = Criterion::c;
  std::vector<std::vector<double>> targets;  // inputs; for v and c
  double budget = 0;
  int most_repeats = 1;  // of one candidate
};

struct Chosen {
  std::size_t candidate = 0;
  /// Standard error of the first target's prediction, in residual space, after this run and those
  /// before it; absent for criterion d and while the design is singular.
  std::optional<double> target_stderr;
};

struct Design {
  std::vector<Chosen> runs;  // in the order in which they help most
  double cost = 0;
  std::optional<double> stderr_before;  // of the first target
  std::vector<std::string> warnings;
};

/// Greedy: the candidate with the most gain for its cost, until none fits the budget. The law's
/// Jacobian at the fit stands for the truth, which is a local design (Chernoff 1953); noise is the
/// fit's. Warns where the runs, old and new, cannot tell the parameters apart, above all where N
/// and D move together.
Design next_runs(const FitProblem& problem, const Fit& fit,
                 const std::vector<Candidate>& candidates, const DesignOptions& options);

}  // namespace rung::plan
