#pragma once
/// Starts for formulas with kinks, as E + max(A / N^alpha, B / D^beta).

#include <vector>

#include "rung/fit/optimum/structure.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// Parameters, natural scale, best first, found with each point on a given side of each kink: then
/// the formula is smooth, and its best fit is searched globally. Sides are those of lines through
/// the points, and from each fit on those on which its own points lie, as in the alternation of
/// clusterwise regression (Späth 1979). None for laws without pieces (Law::pieces). Deterministic.
/// Errors: none.
std::vector<std::vector<double>> piece_starts(const FitProblem& problem,
                                              const Structure& structure);

}  // namespace rung
