#pragma once
/// Least squares with one nonlinear coordinate: minima as roots of the profile's slope.

#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/search_nodes.hpp"

namespace rung {

/// The local minimum that belongs to a grid minimum: the root of the profiled objective's slope
/// between the neighbouring nodes or, at an end of the grid, where minimum_downhill() leads.
Minimum minimum_at_node(const FitProblem& problem, LinearSolver& solver, const SearchNodes& nodes,
                        const SolvedNodes& solved, int node);

/// From a value of the nonlinear parameter downhill with ever longer steps, the first being `step`,
/// until the slope changes sign, then to its root; not converged where the slope never does.
Minimum minimum_downhill(const FitProblem& problem, LinearSolver& solver, double from, double step);

}  // namespace rung
