#pragma once
/// Covariance of a fit and delta-method intervals of what follows from it.

#include <optional>
#include <span>
#include <vector>

#include "rung/core/linear_algebra.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/interval/interval.hpp"

namespace rung {

/// Whether a coordinate is the logarithm of what may be 0, and so small that 0 is as good.
bool at_zero(const FitProblem& problem, const std::vector<double>& z, int coordinate);

/// Whether a coordinate is at its bound, or so near that the objective there is the same.
bool at_bound(const FitProblem& problem, const std::vector<double>& z, int coordinate);

/// Whether a parameter's interval is one of its logarithm: it is fitted by that, or it alone
/// multiplies the law, whose residual is the logarithm, and is as far from 0 as from infinity.
bool is_known_by_logarithm(const FitProblem& problem, const std::vector<double>& theta,
                           int parameter);

/// A coordinate's standard deviation, and how many of them its interval reaches.
struct StandardError {
  double sd, t;
};

/// Gives a parameter its standard error and interval; ends that are not finite are absent.
void set_linear_interval(const FitProblem& problem, const std::vector<double>& theta, int parameter,
                         StandardError error, ParameterEstimate& estimate);

/// Whether any free coordinate is at its bound.
bool any_at_bound(const FitProblem& problem, const std::vector<double>& z);

/// Huber's (1981, eq. 7.6.5) covariance of an M-estimate, K^2 s^2 (J'WJ)^-1 with s^2 = [sum w psi^2
/// / (n - p)] / [mean psi']^2 and his correction K for small samples, J in residual space; for
/// least squares it is the textbook one. Absent where J is singular, or where there are no more
/// points than parameters. Under the binomial loss it is that of a generalized linear model with
/// dispersion 1: (sum of n / (f (1 - f)) grad f grad f')^-1, Fisher's information. Coordinates at a
/// bound are left out under least squares, where profiles follow what they may be; else they count
/// as far as the points tell them from the others. `fixed`: one more to leave out.
std::optional<Covariance> covariance_at(const FitProblem& problem, const std::vector<double>& z,
                                        int fixed = -1);

/// d t(f) / d coordinate at every point for each of `coordinates`: [n x coordinates], unweighted.
/// `fitted` gets f.
Matrix residual_jacobian(const FitProblem& problem, const std::vector<double>& theta,
                         const std::vector<int>& coordinates, std::vector<double>& fitted);

/// Gradient of the prediction at one row of inputs, in residual space, by the covariance's
/// coordinates.
struct PredictionGradient {
  double value = 0;  // t(f)
  std::vector<double> slope;
};
PredictionGradient prediction_gradient(const FitProblem& problem, const std::vector<double>& theta,
                                       const Covariance& covariance,
                                       std::span<const double> inputs);

/// On which intervals of predictions are symmetric by the delta method: that of residuals, and the
/// logit of shares, whose intervals so end inside of 0 and 1.
Residual interval_scale(const FitProblem& problem);

/// slope' C slope, the variance of what moves by `slope` along the covariance's coordinates. Absent
/// where the summands cancel to their rounding.
std::optional<double> variance_along(const Covariance& covariance, std::span<const double> slope);

/// Where the mean (or with `observation`, one more observation of weight 1) lies, by the delta
/// method with Student's t on the interval_scale(). Absent without a covariance, and where rounding
/// hides the variance.
std::optional<Interval> delta_interval(const FitProblem& problem, const Fit& fit,
                                       std::span<const double> inputs, double level,
                                       bool observation);

/// The same for many rows of inputs at once: [at.size()].
std::vector<std::optional<Interval>> delta_intervals(const FitProblem& problem, const Fit& fit,
                                                     const Points& at, double level,
                                                     bool observation);

}  // namespace rung
