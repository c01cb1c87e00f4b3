#pragma once
/// Local minimization with some coordinates profiled out.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"

namespace rung {

/// Newton over the `outer` coordinates only, with the others at their optimum at every step
/// (variable projection; the outer Hessian is the Schur complement of the full one). It follows
/// long, narrow, curved valleys of the objective, where steps in all coordinates at once stay tiny.
/// Deterministic.
Minimum minimize_profiled(const FitProblem& problem, std::vector<double> start,
                          const std::vector<int>& outer);

}  // namespace rung
