#pragma once
/// Where a global search starts: a grid or a sequence over the nonlinear coordinates.

#include <vector>

#include "rung/fit/optimum/linear_solver.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/fit/optimum/structure.hpp"

namespace rung {

/// The most nonlinear coordinates that are covered by a grid; more by a Halton sequence.
inline constexpr std::size_t kMostGridAxes = 3;

/// Values of the nonlinear parameters to look at, natural scale.
struct SearchNodes {
  std::size_t n_axes = 0, count = 0;
  std::vector<double> values;  // [node][nonlinear coordinate]
  std::vector<int> shape;      // of the grid; empty for a sequence

  const double* at(std::size_t node) const { return values.data() + node * n_axes; }
};
SearchNodes search_nodes(const std::vector<SearchSpan>& spans, Mesh mesh);

/// The nodes with their linear parameters solved.
struct SolvedNodes {
  std::size_t n_parameters = 0;
  std::vector<double> thetas;  // [node][parameter], natural scale
  std::vector<double> objectives;
  std::vector<unsigned> faces;  // of the bounds on the linear parameters (LinearSolver::Solution)

  double objective(int node) const { return objectives[static_cast<std::size_t>(node)]; }
  std::vector<double> theta(int node) const;
};
SolvedNodes solve_nodes(const SearchNodes& nodes, LinearSolver& solver, int n_parameters);

/// Whether a node of a grid is no higher than its neighbours along each axis.
bool is_grid_minimum(const SolvedNodes& solved, const std::vector<int>& shape, int node);

/// Nodes to start local searches from, lowest objective first.
struct StartingNodes {
  std::vector<int> first;
  std::vector<int> further;  // where the first do not agree
};

/// How many nodes to start from, at most.
struct StartCounts {
  std::size_t grid_minima, of_sequence, faces;
  std::size_t further;
  /// Every other one of the further nodes is drawn among the better half of all, not the next best.
  bool scattered;
};

/// The minima of the grid, or the lowest nodes of the sequence, and the lowest node on each face of
/// the bounds.
StartingNodes starting_nodes(const SolvedNodes& solved, const std::vector<int>& shape,
                             const StartCounts& counts);

}  // namespace rung
