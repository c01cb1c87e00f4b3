#pragma once
/// Intervals that follow the likelihood where a straight line is not good enough.

#include <optional>
#include <span>

#include "rung/fit/fit.hpp"
#include "rung/fit/uncertainty.hpp"

namespace rung {

/// Looks at both ends of every parameter's delta-method interval; where the profile's are more than
/// a tenth of their distance away, they take their place and a note says so. An end that the data
/// do not determine is then absent. Where the fit is unbounded, a positive parameter that runs off
/// gets the one end that the data may determine: it is at least, or at most, so much. Least squares
/// without priors; else nothing is changed.
void follow_curves(const FitProblem& problem, double level, Fit& fit);

/// Where the mean lies (or with `observation`, one more observation of weight 1), by profile
/// likelihood: the predictions of all parameters whose objective is below profile_limit(). Absent
/// where the delta method agrees within a tenth, without a covariance, for other losses than least
/// squares and with priors; an end that goes on for ever makes the interval absent, too (then
/// `endless` is true).
struct CurvedInterval {
  std::optional<Interval> interval;
  bool endless = false;
};
CurvedInterval curved_interval(const FitProblem& problem, const Fit& fit,
                               std::span<const double> inputs, double level, bool observation);

}  // namespace rung
