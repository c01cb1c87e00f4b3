#pragma once
/// Global search: every valley worth descending into.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/structure.hpp"

namespace rung {

/// What the search found, best first, each the bottom of a valley and no two the same.
struct SearchResult {
  std::vector<Minimum> minima;
  Structure structure;
  /// The nonlinear coordinates were covered by a grid, so a valley wider than its mesh can't have
  /// been missed.
  bool exhaustive = false;
  /// How many starts ended in the best minimum.
  int n_agreeing = 0;
};

/// A coarse mesh has a third of the nodes, and few are polished: enough to say about where the
/// bottom is.
enum class Mesh { fine, coarse };

struct SearchOptions {
  Mesh mesh = Mesh::fine;
  /// Minima above this are of no use: a descent that will not get there may be given up.
  double useful_below = kInfinity;
  /// Further nodes of a sequence where descents from the first do not agree.
  bool further_nodes = true;
};

/// Variable projection (Golub and Pereyra 1973): a grid (up to three nonlinear coordinates) or a
/// Halton sequence (more) over what the law is not linear in; at each node the linear parameters by
/// bounded, reweighted least squares; then the best nodes, one for each valley and each face of the
/// bounds, polished by descend(). Where no two of the descents from a fine sequence agree, other
/// losses start from the optima of least squares, too. Deterministic. `extra_starts` (natural
/// scale) are polished as well.
SearchResult global_search(const FitProblem& problem,
                           const std::vector<std::vector<double>>& extra_starts = {},
                           const SearchOptions& options = {});

/// The bottom below a start that nothing is known about: the lowest of where minimize() leads from
/// there and from there with the linear parameters solved first (followed by minimize_profiled()
/// where it does not settle), and of where minimize_profiled() leads.
Minimum descend_from(const FitProblem& problem, const Structure& structure,
                     const std::vector<double>& z);

}  // namespace rung
