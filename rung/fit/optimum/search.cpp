#include "rung/fit/optimum/search.hpp"

#include <algorithm>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/local_searches.hpp"

namespace rung {
namespace {

// Local searches start on no more points than this and end on all of them. With one nonlinear
// coordinate there are few nodes, and they cost little.
constexpr std::size_t kSearchPointsPerParameter = 32, kMostPointsOfOneAxis = 4096;

Points thinned(const Points& points, std::size_t most) {
  const std::size_t n = std::min(points.size(), most);
  Points few(points.n_inputs(), n);
  std::vector<double> row(points.n_inputs());
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = n == 1 ? 0 : i * (points.size() - 1) / (n - 1);
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = points.input(k, from);
    few.set(i, row, points.y(from), points.weight(from));
  }
  return few;
}

/// What was found on few of a problem's points, searched again on all of them.
std::vector<Minimum> refined_on(const FitProblem& problem, const std::vector<Minimum>& minima,
                                double useful_below) {
  constexpr std::size_t kMost = 5;
  std::vector<Minimum> refined;
  for (std::size_t i = 0; i < std::min(minima.size(), kMost); ++i) {
    const bool slow = !minima[i].converged && useful_below < kInfinity;
    Minimum found =
        descend(problem, minima[i].z,
                {.max_iterations = slow ? kThinnedIterations : 300, .useful_below = useful_below});
    if (found.converged) useful_below = std::min(useful_below, found.objective);
    add_distinct(refined, std::move(found));
  }
  sort_by_objective(refined);
  return refined;
}

/// Goes on from the minima near the best that did not converge.
void continue_near_best(const FitProblem& problem, const Structure& structure,
                        std::vector<Minimum>& minima) {
  constexpr std::size_t kMostContinued = 2;
  std::vector<Minimum> distinct;
  for (std::size_t i = 0; i < minima.size(); ++i) {
    const bool near =
        i < kMostContinued && minima[i].objective <= kNearBest * minima.front().objective;
    add_distinct(distinct,
                 near ? continued_with_profile(problem, structure, minima[i]) : minima[i]);
  }
  minima = std::move(distinct);
  sort_by_objective(minima);
}

/// The optima of least squares, as starts for other losses: with many nonlinear coordinates the
/// nodes are far apart, and a search with the smooth loss gets further. None for least squares
/// itself.
std::vector<std::vector<double>> least_squares_optima(const FitProblem& problem) {
  constexpr std::size_t kMost = 3;
  std::vector<std::vector<double>> thetas;
  if (problem.loss().kind == LossKind::squared) return thetas;
  const SearchResult found = global_search(problem.with_loss({}), {}, {.further_nodes = false});
  for (std::size_t i = 0; i < std::min(kMost, found.minima.size()); ++i)
    thetas.push_back(problem.theta_at(found.minima[i].z));
  return thetas;
}

}  // namespace

SearchResult global_search(const FitProblem& given,
                           const std::vector<std::vector<double>>& extra_starts,
                           const SearchOptions& options) {
  SearchResult result;
  result.structure = structure_of(given);
  const std::size_t n_axes = result.structure.nonlinear.size();
  result.exhaustive = n_axes <= kMostGridAxes;
  const bool linear = n_axes == 0;
  const FitProblem problem = linear ? given.in_natural_scale() : given;
  const Points few = thinned(
      problem.points(),
      n_axes == 1 ? kMostPointsOfOneAxis : kSearchPointsPerParameter * at(problem.n_parameters()));
  const bool thin = few.size() < problem.points().size();
  const FitProblem first_problem = thin ? problem.with_points(few) : problem;

  LocalSearches searches(first_problem, result.structure, thin, options);
  searches.from_nodes();
  if (options.mesh == Mesh::fine && !result.exhaustive && searches.n_agreeing() < 2) {
    for (const std::vector<double>& theta : least_squares_optima(first_problem))
      searches.from(theta);
  }
  for (const std::vector<double>& theta : extra_starts) searches.from(theta);
  result.n_agreeing = searches.n_agreeing();
  result.minima = searches.minima();
  if (thin) result.minima = refined_on(problem, result.minima, options.useful_below);
  if (!searches.by_slope() || thin) continue_near_best(problem, result.structure, result.minima);
  if (linear) {
    for (Minimum& minimum : result.minima)
      minimum.z = given.coordinates_of(problem.theta_at(minimum.z));
  }
  return result;
}

}  // namespace rung
