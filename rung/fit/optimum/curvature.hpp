#pragma once
/// The curvature of a fit's objective at its minimum.

#include <vector>

#include "rung/core/linear_algebra.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// Eigenvalues, ascending, and eigenvectors of the Hessian at z in the coordinates strictly inside
/// their bounds, scaled to a unit diagonal. No coordinates where the Hessian is not finite.
struct Curvature {
  std::vector<int> coordinates;
  SymmetricEigen axes;        // in scaled coordinates
  std::vector<double> scale;  // of a coordinate for a scaled one
};
Curvature curvature_at(const FitProblem& problem, const std::vector<double>& z);

}  // namespace rung
