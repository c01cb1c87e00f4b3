#pragma once
/// What recipes are predicted to differ by, how sure that is, and what would make it surer.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/fit/interval/interval.hpp"

namespace rung::decide {

/// A recipe's value less the mean of all, and how sure that is.
struct Lead {
  double value = 0, standard_error = 0;
  double of_form = 0;  // the part of the error that is there without noise, too
};

struct Estimate {
  std::size_t recipe = 0;
  double value = kNaN;                   // of what the method ranks by
  std::optional<double> standard_error;  // from the noise of its runs
  std::optional<double> actual;          // the metric at the target
  std::optional<double> chance_of_best;  // of being the best of all
  /// The lead that is expected at the target, where leads are followed there.
  std::optional<Lead> expected_lead = {};
  /// Where leads are followed to the target: one a form of their trend, of
  /// GapOptions::form_weights.
  std::vector<Lead> at_target = {};
  std::optional<Lead> slope = {};  // of the lead, for each ten times the compute
  std::vector<Lead> seen = {};     // at the sizes that the trend is of, ascending
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
  /// How likely a gap that does not change with size would seem to change as much, or more.
  std::optional<double> chance_of_no_trend = {};
};

struct GapOptions {
  double direction = 1;       // -1: smaller values are better
  double gold_direction = 1;  // the same for actual values
  double level = 0.95;
  double run_flops = kNaN;  // of one recipe's small runs
  /// Of the forms that a trend may have, adding up to 1; none: what is seen holds at the target.
  std::vector<double> form_weights = {};
};

/// The estimates, best at the target first, with their chances.
void rank(std::vector<Estimate>& estimates, const GapOptions& options);

/// Of every two of the ranked estimates.
std::vector<Gap> gaps_of(const std::vector<Estimate>& estimates, const GapOptions& options);

}  // namespace rung::decide
