#pragma once
/// Which runs to train next so that the parameters, or predictions, become most precise for a
/// budget.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/plan/forecast.hpp"

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
  bool refine = true;    // exchange runs after the greedy choice
};

struct Chosen {
  std::size_t candidate = 0;
  /// Standard error of the first target's prediction, in residual space, after this run and those
  /// before it; absent where there is no target.
  std::optional<double> target_stderr;
};

struct Design {
  std::vector<Chosen> runs;  // in the order in which they help most
  double cost = 0;
  std::vector<Forecast> targets;
  /// Fall of the criterion's logarithm, and how much of it the greedy choice alone gave.
  double gain = 0, greedy_gain = 0;
  std::size_t n_exchanges = 0;
  std::size_t n_too_dear = 0;  // candidates that alone exceed the budget
  /// Of the Jacobian with columns of length 1, as in Diagnosis.
  double condition_before = 1, condition_after = 1;
  std::vector<std::string> warnings;
};

/// The best of all sets where these are few (15 candidates, each once). Else greedy (most gain for
/// its cost, or most gain, whichever ends better), then exchanges, from it and from the dearest
/// runs: one or two runs give way to what fits in their place while that helps (Fedorov 1972). The
/// law's Jacobian at the fit stands for the truth, which is a local design (Chernoff 1953); noise
/// is the fit's. Warns where the runs, old and new, cannot tell the parameters apart, above all
/// where N and D move together. InputError without a covariance, without targets for c and v, and
/// for costs that are not positive.
Design next_runs(const Fitted& fitted, const std::vector<Candidate>& candidates,
                 const DesignOptions& options);

}  // namespace rung::plan
