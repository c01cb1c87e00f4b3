#pragma once
/// Least squares, gathered term by term.

#include <cstddef>
#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

/// A sum of squares with its normal equations, gathered term by term.
struct SumOfSquares {
  explicit SumOfSquares(std::size_t n) : gradient(n), curvature(n, n) {}

  double value = 0;
  std::vector<double> gradient;
  Matrix curvature;

  void add(double residual, const std::vector<double>& derivative) {
    value += residual * residual;
    add_scaled(residual, derivative, gradient);
    add_outer(1, derivative, curvature);
  }
  void add_prior(double weight, std::size_t parameter, double at) {
    value += weight * at * at;
    gradient[parameter] += weight * at;
    curvature(parameter, parameter) += weight;
  }
  void add_prior(double weight, const std::vector<double>& parameters) {
    for (std::size_t p = 0; p < parameters.size(); ++p) add_prior(weight, p, parameters[p]);
  }

  /// The step of Levenberg's method, downhill.
  std::vector<double> step(double damping) const {
    Matrix system = curvature;
    for (std::size_t p = 0; p < gradient.size(); ++p)
      system(p, p) = system(p, p) * (1 + damping) + 1e-12;
    std::vector<double> step = symmetric_solve(system, gradient);
    scale(-1, step);
    return step;
  }
};

}  // namespace rung::observational
