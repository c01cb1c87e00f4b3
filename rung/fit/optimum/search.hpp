#pragma once
/// Global search for the minimum of a fit.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/structure.hpp"

namespace rung {

/// What the search found.
struct SearchResult {
  std::vector<Minimum> minima;  // distinct local minima, best first
  Structure structure;
  /// The nonlinear coordinates were covered by a grid, so that no local minimum whose basin is
  /// wider than the mesh can have been missed.
  bool exhaustive = false;
  /// How many starts ended in the best minimum; where few of the points were searched by two
  /// choices, of the last choice.
  int n_agreeing = 0;
  /// The same of all choices.
  int n_in_best = 0;
  /// How many came within a hundredth of its objective, converged or not.
  int n_near_best = 0;
  /// Of how many local searches, in how many distinct minima.
  int n_searches = 0, n_distinct = 0;
  /// So many searches ended in so few minima that hardly another is to be expected.
  bool enough_searches = false;
  /// Where each parameter was looked for, by parameter; of use for those that are not linear.
  std::vector<SearchSpan> span_of_parameter;
};

/// A coarse mesh has a third of the nodes, and local searches start from few of them: enough to say
/// about where the minimum is.
enum class Mesh { fine, coarse };

struct SearchOptions {
  Mesh mesh = Mesh::fine;
  /// Minima above this are of no use: a local search that will not get there may be given up.
  double useful_below = kInfinity;
  /// Whether local searches start from further nodes of a sequence where the first do not agree.
  bool further_nodes = true;
  /// Whether to go on until hardly another minimum is to be expected, and to look around the best:
  /// what a certificate asks for. Takes several times as long.
  bool thorough = false;
  /// Where to look for each parameter, where that is known from a search before.
  std::vector<SearchSpan> spans = {};
};

/// Variable projection (Golub and Pereyra 1973): a grid (up to three nonlinear coordinates) or a
/// Halton sequence (more) over what the law is not linear in; at each node the linear parameters by
/// bounded, reweighted least squares; then local searches by descend() from the best nodes, one for
/// each minimum of the grid and each face of the bounds. Where no two of the searches from a fine
/// sequence agree, other losses start from the optima of least squares, too. `extra_starts`
/// (natural scale) are started from as well. Deterministic.
SearchResult global_search(const FitProblem& problem,
                           const std::vector<std::vector<double>>& extra_starts = {},
                           const SearchOptions& options = {});

/// A local search from a start that may be far from a minimum: the lowest of where descend() leads
/// from there and, where that does not converge, from there with the linear parameters solved first
/// or profiled out.
Minimum descend_from(const FitProblem& problem, const Structure& structure,
                     const std::vector<double>& z);

}  // namespace rung
