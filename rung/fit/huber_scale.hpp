#pragma once
/// Huber's loss with a delta by the residuals' own scale.

#include <span>

#include "rung/fit/fit.hpp"

namespace rung {

/// Delta is so many scales: 95% as efficient as least squares where the noise is normal.
inline constexpr double kHuberScales = 1.345;

/// The scale s of residuals by Huber's proposal 2 (Huber 1964; Huber and Ronchetti 2009, section
/// 7.8): sum of w min(r^2, (k s)^2) = (n - n_free) beta s^2, where beta is the same mean for a
/// standard normal and the weights have mean 1; the larger one where there are two. 0 where more
/// than the others' share of residuals is 0.
double proposal_2_scale(std::span<const double> residuals, std::span<const double> weights,
                        int n_free);

/// The options with LossKind::huber_auto replaced by a Huber loss whose delta is kHuberScales times
/// the scale of the residuals of the fit that it gives, which is found by turns; others as they
/// are. InputError where there are no more points than parameters, or where the fit is exact.
FitOptions with_estimated_scale(const Law& law, const Points& points, FitOptions options);

}  // namespace rung
