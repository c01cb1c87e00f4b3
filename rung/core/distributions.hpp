#pragma once
/// Quantiles and tails of the distributions that intervals and tests use.

namespace rung {

/// The z with P(Z <= z) = p for a standard normal; p in (0, 1).
double normal_quantile(double p);
double normal_cdf(double z);

/// Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method).
double incomplete_beta(double a, double b, double x);

/// Student's t with `dof` degrees of freedom: P(T <= t), and its inverse.
double student_t_cdf(double t, double dof);
double student_t_quantile(double p, double dof);

/// P(F > f) for Fisher's F with d1 and d2 degrees of freedom.
double fisher_f_tail(double f, double d1, double d2);

/// P(X > x) for chi squared with `dof` degrees of freedom.
double chi_squared_tail(double x, double dof);

}  // namespace rung
