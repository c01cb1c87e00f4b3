#pragma once
/// What recipes are predicted to differ by, how sure that is, and what would make it surer.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/fit/interval/interval.hpp"

namespace rung::decide {

struct Estimate {
  std::size_t recipe = 0;
  double value = kNaN;                   // of what the method ranks by
  std::optional<double> standard_error;  // from the noise of its runs
  std::optional<double> actual;          // the metric at the target
  std::optional<double> chance_of_best;  // of being the best of all
};

/// `better` is predicted to be better than `worse` by `gap`.
struct Gap {
  std::size_t better = 0, worse = 0;  // recipes
  double gap = 0;                     // never below 0, more being better
  std::optional<Interval> interval;
  std::optional<double> chance;         // that `better` is better
  std::optional<double> runs_factor;    // times the runs there are until the interval excludes 0
  std::optional<double> further_flops;  // of small runs of the two for that
  std::optional<double> actual;         // gap at the target, of the metric itself
};

struct GapOptions {
  double direction = 1;       // -1: smaller values are better
  double gold_direction = 1;  // the same for actual values
  double level = 0.95;
  double run_flops = kNaN;  // of one recipe's small runs
};

/// The estimates, best first, with their chances.
void rank(std::vector<Estimate>& estimates, const GapOptions& options);

/// Of every two of the ranked estimates.
std::vector<Gap> gaps_of(const std::vector<Estimate>& estimates, const GapOptions& options);

}  // namespace rung::decide
