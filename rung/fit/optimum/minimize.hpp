#pragma once
/// Local minimization: damped Newton with the exact Hessian under bounds.

#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

struct MinimizeOptions {
  int max_iterations = 300;
  /// Converged when a Newton step would lower the objective by less than this share of it.
  double decrement_tolerance = 1e-15;
  /// Damping at the start; small where the start is known to be near.
  double start_damping = 1e-3;
  const double* weights = nullptr;  // replaces the points' weights; [n_padded]
  double huber_delta = 0;           // a wider one than the loss's own; 0: the loss's own
  /// Coordinates that stay fixed, one flag a coordinate; null: none.
  const unsigned char* fixed = nullptr;
  /// Minima above this are of no use: the descent is given up where a multiple of the pace of its
  /// last steps would not get there in the iterations that are left.
  double useful_below = kInfinity;
};

struct Minimum {
  std::vector<double> z;
  double objective = 0;
  /// Stationary to rounding on the free face of the bounds, with no downward curvature there.
  bool converged = false;
  int n_iterations = 0;
};

/// Damped Newton with the exact Hessian, projected onto the bounds. Deterministic.
Minimum minimize(const FitProblem& problem, std::vector<double> start,
                 const MinimizeOptions& options = {});

}  // namespace rung
