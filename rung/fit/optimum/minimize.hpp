#pragma once
/// From a start to the bottom of its valley.

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
  double corner = 0;                // a wider Huber corner than the loss's own
  /// Coordinates to hold still, one flag a coordinate; null: none.
  const unsigned char* held = nullptr;
  /// Of no use above this: given up where even a multiple of the pace of the last steps would not
  /// get there in those that are left.
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

/// The same for a long curved valley, where steps in all coordinates at once stay tiny: Newton over
/// `outer` coordinates only, the others at their optimum at every step (variable projection; the
/// outer Hessian is the Schur complement).
Minimum minimize_profiled(const FitProblem& problem, std::vector<double> start,
                          const std::vector<int>& outer);

}  // namespace rung
