#include "rung/study/decide/bend.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung::decide {
namespace {

/// Of what a bend adds at `a` and `b`: distances from the first point, that of the last being 1.
double covariance(const Bend& bend, double a, double b) {
  const double near = std::max(0.0, std::min(a, b)), far = std::max(a, b);
  const double variance = bend.sd * bend.sd;
  switch (bend.kind) {
    case BendKind::none:
      return 0;
    case BendKind::of_value:
      return variance * near;
    case BendKind::of_slope:
      return variance * near * near * (3 * far - near) / 2;
  }
  return 0;
}

}  // namespace

CarriedOn carried_on(const NoisyPoints& points, const Bend& bend, double target) {
  const std::size_t n = points.x.size();
  const double first = points.x.front(), range = points.x.back() - first;
  const auto place = [&](double x) { return (x - first) / range; };
  const double there = place(target);
  Matrix variance(n, n), line(n, 2, 1);
  std::vector<double> with_target(n);
  for (std::size_t i = 0; i < n; ++i) {
    line(i, 1) = place(points.x[i]);
    with_target[i] = covariance(bend, line(i, 1), there);
    for (std::size_t j = 0; j < n; ++j)
      variance(i, j) = covariance(bend, place(points.x[i]), place(points.x[j]));
    variance(i, i) += points.noise_sds[i] * points.noise_sds[i];
  }
  const std::optional<Matrix> lower = cholesky(variance);
  if (!lower) throw std::logic_error("points of a bend have no noise");
  // What the variance makes of them, so that all have the same and none goes with another.
  const Matrix whiten = lower_inverse(*lower);
  const Matrix design = product(whiten, line);
  const std::vector<double> values = product(whiten, points.values);
  const std::vector<double> seen = product(whiten, with_target);
  const Matrix gram_lower = *cholesky(gram(design));
  const std::vector<double> coefficients =
      cholesky_solve(gram_lower, transposed_product(design, values));
  std::vector<double> left = product(design, coefficients);
  for (std::size_t i = 0; i < n; ++i) left[i] = values[i] - left[i];
  const std::vector<double> of_line = transposed_product(design, seen);
  const std::array<double, 2> unseen = {1 - of_line[0], there - of_line[1]};
  const double error = covariance(bend, there, there) - squared_norm(seen) +
                       dot(unseen, cholesky_solve(gram_lower, unseen));
  CarriedOn result{{coefficients[0] + coefficients[1] * there + dot(seen, left),
                    std::sqrt(std::max(0.0, error))}};
  result.log_likelihood = -squared_norm(left) / 2;
  for (std::size_t i = 0; i < n; ++i) result.log_likelihood -= std::log((*lower)(i, i));
  for (std::size_t i = 0; i < 2; ++i) result.log_likelihood -= std::log(gram_lower(i, i));
  return result;
}

}  // namespace rung::decide
