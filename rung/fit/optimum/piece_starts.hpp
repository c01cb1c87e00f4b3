#pragma once
/// Starts for formulas with kinks, as E + max(A / N^alpha, B / D^beta).

#include <vector>

#include "rung/fit/optimum/structure.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

struct PieceStarts {
  std::vector<std::vector<double>> thetas;  // natural scale
  /// There is one kink, and a grid covers the nonlinear parameters that are left on given sides.
  bool covered = false;
};

/// Parameters that are found with each point on a given side of each kink: then the formula is
/// smooth, and its best fit is searched globally. Sides are those of lines through the points, a
/// start for each, and from each fit on those on which its own points lie, as in clusterwise
/// regression (Späth 1979). None for laws without pieces (Law::pieces). Deterministic.
PieceStarts piece_starts(const FitProblem& problem, const Structure& structure);

}  // namespace rung
