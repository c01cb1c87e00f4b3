#include "rung/core/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace rung {
namespace {

/// Solves cdf(x) = p for p in (0, 0.5] and a density that rises up to its middle at 0. The cdf is
/// convex there, so Newton's steps from 0 come down to the solution and end at its rounding.
template <class Cdf, class Density>
double inverted_below_middle(const Cdf& cdf, const Density& density, double p) {
  double x = 0;
  for (int i = 0; i < 1000; ++i) {
    const double next = x - (cdf(x) - p) / density(x);
    if (!(next < x)) break;
    x = next;
  }
  return x;
}

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  const auto density = [](double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  };
  return inverted_below_middle(normal_cdf, density, p);
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it, use the mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(b, a, 1 - x);
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x)) /
                       a;
  constexpr double kTiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double fraction = d;
  for (int m = 1; m < 500; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double change = 1;
    for (const double term : {even, odd}) {
      d = 1 + term * d;
      d = 1 / (std::abs(d) < kTiny ? kTiny : d);
      c = 1 + term / c;
      if (std::abs(c) < kTiny) c = kTiny;
      change = c * d;
      fraction *= change;
    }
    if (std::abs(change - 1) < 1e-16) break;
  }
  return front * fraction;
}

double student_t_cdf(double t, double dof) {
  const double square = t * t;
  if (square < std::min(1.0, dof)) {  // dof / (dof + t^2) would round small t away
    const double half = 0.5 * incomplete_beta(0.5, dof / 2, square / (dof + square));
    return t > 0 ? 0.5 + half : 0.5 - half;
  }
  const double tail = 0.5 * incomplete_beta(dof / 2, 0.5, dof / (dof + square));
  return t > 0 ? 1 - tail : tail;
}

double student_t_quantile(double p, double dof) {
  if (p > 0.5) return -student_t_quantile(1 - p, dof);
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  const double log_height =
      std::lgamma((dof + 1) / 2) - std::lgamma(dof / 2) - 0.5 * std::log(dof * std::numbers::pi);
  const auto cdf = [dof](double t) { return student_t_cdf(t, dof); };
  const auto density = [dof, log_height](double t) {
    return std::exp(log_height - (dof + 1) / 2 * std::log1p(t * t / dof));
  };
  return inverted_below_middle(cdf, density, p);
}

}  // namespace rung
