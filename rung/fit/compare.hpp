#pragma once
/// Which law the data prefer: information criteria, leave-one-out, nested F test, weights.

#include <cstddef>
#include <optional>
#include <vector>

#include "rung/fit/fit.hpp"

namespace rung {

/// All of the observations y themselves, so that fits of the same points in different residual
/// spaces may be compared. The noise is normal for least squares and Laplace for the robust losses;
/// its scale counts as a parameter. Under the binomial loss it is that of questions, and has none.
struct Criteria {
  std::size_t n_points = 0, n_parameters = 0;  // those that were free
  double residual_sum_of_squares = 0;          // in residual space, weighted
  double log_likelihood = 0;
  double aic = 0, bic = 0;
  std::optional<double> aicc;  // absent for n <= parameters + 2
  /// Root mean square of y - prediction with that point left out, over y: relative. Without refits,
  /// by one Newton step from the fit of all. Absent where y has a zero, without a covariance, and
  /// where a point alone determines a parameter.
  std::optional<double> leave_one_out;
};

Criteria criteria_of(const FitProblem& problem, const Fit& fit);

/// Akaike's weights exp(-(c - min c) / 2), normalised: what each law counts in an average.
std::vector<double> akaike_weights(const std::vector<double>& criterion);

}  // namespace rung
