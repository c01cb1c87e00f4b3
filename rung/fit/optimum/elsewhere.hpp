#pragma once
/// A minimum with single nonlinear parameters moved far.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/structure.hpp"

namespace rung {

/// Starts of further searches, natural scale: a minimum with one nonlinear parameter at a time set
/// to values over its search range and beyond, and the linear ones solved, where that is lower. A
/// parameter thus gets away from a place where a bound on another one had taken its effect away.
/// `which`: the nonlinear parameters to move, in the structure's order.
std::vector<std::vector<double>> lower_elsewhere(const FitProblem& problem,
                                                 const Structure& structure, const Minimum& minimum,
                                                 const std::vector<bool>& which);

/// A minimum where a term's scale is zero is flat in the term's other parameters, and whether it is
/// one depends on their values: from any at which the scale would lower it, it is searched further.
/// Others are returned as they are. For smooth losses.
Minimum led_back(const FitProblem& problem, const Structure& structure, Minimum minimum);

}  // namespace rung
