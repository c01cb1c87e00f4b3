#pragma once
/// Profile likelihood intervals where the delta method's linearization is not good enough.

#include <optional>
#include <span>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung {

/// Whether profiles can be followed: a smooth loss without priors, more than rounding left over,
/// and not too many points.
bool can_be_profiled(const FitProblem& problem, const Fit& fit);

/// Replaces every parameter's delta-method interval by its profile interval where an end of the two
/// differs by more than a tenth of its distance from the estimate; a note says so. An end that the
/// data do not determine is then absent. Where the fit is unbounded, a positive parameter that
/// diverges gets the one end that the data may determine: it is at least, or at most, so much.
/// Smooth losses without priors; else nothing is changed.
void use_profile_intervals(const FitProblem& problem, double level, Fit& fit);

/// Where the mean lies (or with `observation`, one more observation of weight 1): by the delta
/// method, or, where that is more than a tenth off, by profile likelihood: the predictions of all
/// parameters whose objective is below profile_limit(). Absent without a covariance and where the
/// profile does not rise to it; of a share, whose profile is one of its logit, the end is then 0 or
/// 1. Kinked and robust losses, and priors, keep the delta method.
std::optional<Interval> checked_interval(const FitProblem& problem, const Fit& fit,
                                         std::span<const double> inputs, double level,
                                         bool observation);

}  // namespace rung
