#pragma once
/// Profile likelihood: how much worse the fit gets with one parameter fixed at another value.

#include <optional>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung {

/// A parameter's interval from its profile. It ends at the bound where the estimate lies there. An
/// end is absent where the objective stays below the limit up to a bound elsewhere, or for as far
/// as it was followed: that end is not determined by the data.
struct Profile {
  int parameter = 0;
  double level = 0.95;
  std::optional<double> lower, upper;
  /// The fits that say where the ends are converged; else the ends may lie too near.
  bool converged = true;
  /// The points that were evaluated, by ascending value, with how many units of the limit the
  /// objective lies above its minimum: 1 at the interval's ends.
  std::vector<double> values, heights;
};

/// How far the objective rises from its minimum to an interval's end: t^2(dof) times the noise, as
/// in the F test for one parameter (Bates and Watts 1988, section 6.1), and its rho-test
/// counterpart for the robust losses (Schrader and Hettmansperger 1980); with priors, whose
/// objective is minus the log posterior, t^2 / 2. The fit has a covariance.
double profile_limit(const FitProblem& problem, const Fit& fit, double level);

/// Follows the profile to both sides of the fit. Absent without a covariance, for a parameter that
/// is fixed, and for kinked losses, whose profile is not smooth.
std::optional<Profile> profile(const FitProblem& problem, const Fit& fit, int parameter,
                               double level);

}  // namespace rung
