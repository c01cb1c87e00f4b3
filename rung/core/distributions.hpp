#pragma once
/// Quantiles and tails of the distributions that intervals use.

namespace rung {

/// The z with P(Z <= z) = p for a standard normal; p in (0, 1).
double normal_quantile(double p);
double normal_cdf(double z);

/// Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method).
double incomplete_beta(double a, double b, double x);

/// Student's t with `dof` degrees of freedom: P(T <= t), and its inverse.
double student_t_cdf(double t, double dof);
double student_t_quantile(double p, double dof);

}  // namespace rung
