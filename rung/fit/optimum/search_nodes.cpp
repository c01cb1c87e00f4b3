#include "rung/fit/optimum/search_nodes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"

namespace rung {
namespace {

double halton(int index, int base) {
  double value = 0, share = 1;
  for (int i = index; i > 0; i /= base) {
    share /= base;
    value += share * (i % base);
  }
  return value;
}

/// The first nodes of a Halton sequence.
SearchNodes sequence_over(const std::vector<SearchSpan>& spans, int n_nodes) {
  constexpr int kPrimes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                             59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  SearchNodes nodes{.n_axes = spans.size(), .count = at(n_nodes)};
  for (int i = 1; i <= n_nodes; ++i) {
    for (std::size_t c = 0; c < spans.size(); ++c)
      nodes.values.push_back(spans[c].at(halton(i, kPrimes[c])));
  }
  return nodes;
}

SearchNodes grid_over(const std::vector<SearchSpan>& spans, int per_axis) {
  const int q = static_cast<int>(spans.size());
  SearchNodes nodes{.n_axes = spans.size(), .count = 1};
  std::vector<double> marks;  // [axis][place]
  for (int c = 0; c < q; ++c) {
    nodes.shape.push_back(per_axis);
    nodes.count *= at(per_axis);
    for (int i = 0; i < per_axis; ++i)
      marks.push_back(spans[at(c)].at(static_cast<double>(i) / (per_axis - 1)));
  }
  for (int i = 0; i < static_cast<int>(nodes.count); ++i) {
    for (int c = 0, rest = i; c < q; ++c, rest /= per_axis) {
      nodes.values.push_back(marks[at(c * per_axis + rest % per_axis)]);
    }
  }
  return nodes;
}

}  // namespace

SearchNodes search_nodes(const std::vector<SearchSpan>& spans, Mesh mesh) {
  const bool fine = mesh == Mesh::fine;
  if (spans.size() > kMostGridAxes) return sequence_over(spans, fine ? 1024 : 256);
  const int per_axis[] = {1, fine ? 72 : 24, fine ? 20 : 12, fine ? 10 : 7};
  return grid_over(spans, per_axis[spans.size()]);
}

std::vector<double> SolvedNodes::theta(int node) const {
  const auto first = thetas.begin() + static_cast<long>(at(node) * n_parameters);
  return {first, first + static_cast<long>(n_parameters)};
}

SolvedNodes solve_nodes(const SearchNodes& nodes, LinearSolver& solver, int n_parameters) {
  constexpr int kRounds = 3;
  SolvedNodes solved{at(n_parameters), {}, {}, {}};
  solved.thetas.resize(nodes.count * at(n_parameters));
  for (std::size_t i = 0; i < nodes.count; ++i) {
    const LinearSolver::Solution solution =
        solver.solve(nodes.at(i), kRounds, solved.thetas.data() + i * at(n_parameters));
    solved.objectives.push_back(solution.objective);
    solved.faces.push_back(solution.face);
  }
  return solved;
}

bool is_grid_minimum(const SolvedNodes& solved, const std::vector<int>& shape, int node) {
  for (int axis = 0, stride = 1; axis < static_cast<int>(shape.size());
       stride *= shape[at(axis)], ++axis) {
    const int place = node / stride % shape[at(axis)];
    if (place > 0 && solved.objective(node - stride) < solved.objective(node)) return false;
    if (place + 1 < shape[at(axis)] && solved.objective(node + stride) < solved.objective(node))
      return false;
  }
  return true;
}

StartingNodes starting_nodes(const SolvedNodes& solved, const std::vector<int>& shape,
                             const StartCounts& counts) {
  std::vector<int> order(solved.objectives.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](int node) { return !(solved.objective(node) < kInfinity); });
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return solved.objective(a) < solved.objective(b); });
  const std::size_t most = shape.empty() ? counts.of_sequence : counts.grid_minima;
  StartingNodes starts;
  std::vector<unsigned> faces;
  std::size_t n_minima = 0;
  std::vector<int> others;
  for (const int node : order) {
    const unsigned face = solved.faces[at(node)];
    const bool lowest = n_minima < most && (shape.empty() || is_grid_minimum(solved, shape, node));
    const bool new_face =
        faces.size() < counts.faces && std::find(faces.begin(), faces.end(), face) == faces.end();
    if (new_face) faces.push_back(face);
    if (lowest) ++n_minima;
    (lowest || new_face ? starts.first : others).push_back(node);
  }
  if (!counts.scattered) {
    others.resize(std::min(others.size(), counts.further));
    starts.further = std::move(others);
    return starts;
  }
  // Alternately the next best node and one drawn from the better half: all of the best may be far
  // from the minimum.
  Rng rng(24);
  const auto n_better = static_cast<std::uint32_t>(std::max<std::size_t>(others.size() / 2, 1));
  for (std::size_t next = 0; starts.further.size() < counts.further && next < n_better; ++next) {
    if (others.empty()) break;
    starts.further.push_back(others[next]);
    starts.further.push_back(others[rng.below(n_better)]);
  }
  return starts;
}

}  // namespace rung
