#include "rung/fit/optimum/search.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/optimum/coordinate_scan.hpp"
#include "rung/fit/optimum/curvature.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/elsewhere.hpp"
#include "rung/fit/optimum/hops.hpp"
#include "rung/fit/optimum/kinked_starts.hpp"
#include "rung/fit/optimum/limits.hpp"
#include "rung/fit/optimum/local_searches.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/piece_starts.hpp"
#include "rung/fit/optimum/profile_walk.hpp"
#include "rung/fit/optimum/thinned.hpp"

namespace rung {
namespace {

// Of more points than a search takes, local searches start on some and end on all. With one
// nonlinear coordinate there are few nodes, and they cost little.
constexpr std::size_t kSearchPointsPerParameter = 32, kLeastSearchPoints = 128,
                      kAllSearchPoints = 256, kMostPointsOfOneAxis = 4096;

constexpr std::size_t kScannedPoints = 96;

// So many searches that ended in the lowest minimum, of so few, leave little doubt.
constexpr int kManyAgreeing = 6;

/// What was found on few of a problem's points, searched again on all of them.
std::vector<Minimum> refined_on(const FitProblem& problem, const std::vector<Minimum>& minima,
                                const SearchOptions& options) {
  constexpr std::size_t kMost = 5;
  constexpr double kNotFar = 2;  // few points may prefer another minimum than all
  std::vector<Minimum> refined;
  double useful_below = options.useful_below;
  for (std::size_t i = 0; i < std::min(minima.size(), kMost); ++i) {
    if (options.thorough && minima[i].objective > kNotFar * minima.front().objective) break;
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

/// Goes on from the lowest minima that did not converge: a few iterations more of those that are
/// not far above the best, and with the linear parameters profiled out of those that are near.
void continue_near_best(const FitProblem& problem, const Structure& structure, bool patient,
                        std::vector<Minimum>& minima) {
  constexpr std::size_t kMostContinued = 2, kMostPatient = 5;
  constexpr double kNotFar = 100;
  constexpr int kPatience = 3000;
  std::vector<Minimum> distinct;
  for (std::size_t i = 0; i < minima.size(); ++i) {
    const double best = minima.front().objective;
    Minimum& minimum = minima[i];
    const bool near = i < kMostContinued && minimum.objective <= kNearBest * best;
    if (near) minimum = continued_with_profile(problem, structure, std::move(minimum));
    const bool useful =
        i < kMostPatient && !minimum.converged && minimum.objective <= kNotFar * best;
    if (patient && useful) {
      Minimum further =
          descend_nearby(problem, minimum.z, {.max_iterations = kPatience, .useful_below = best});
      if (further.objective <= minimum.objective) minimum = std::move(further);
    }
    add_distinct(distinct, std::move(minimum));
  }
  minima = std::move(distinct);
  sort_by_objective(minima);
}

bool inside(const FitProblem& problem, int coordinate, double value) {
  const auto [lower, upper] = natural_bounds(problem, coordinate);
  return lower <= value && value <= upper;
}

/// The best minimum with the values of two nonlinear parameters exchanged, the linear ones solved:
/// where inputs go along with each other, two terms may take each other's place.
std::vector<std::vector<double>> exchanged(const FitProblem& problem, const Structure& structure,
                                           const Minimum& best, bool agreed) {
  constexpr std::size_t kMost = 6;
  const double not_far = agreed ? 10 : 100;  // times the best objective
  LinearSolver solver(problem, structure);
  const std::vector<double> theta = problem.theta_at(best.z);
  std::vector<double> there(theta.size());
  std::vector<std::pair<double, std::vector<double>>> found;
  const std::size_t q = structure.nonlinear.size();
  for (std::size_t j = 0; j < q; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      std::vector<double> nonlinear;
      for (const int c : structure.nonlinear)
        nonlinear.push_back(theta[at(problem.parameter_of(c))]);
      std::swap(nonlinear[j], nonlinear[k]);
      if (!inside(problem, structure.nonlinear[j], nonlinear[j]) ||
          !inside(problem, structure.nonlinear[k], nonlinear[k]))
        continue;
      const double objective = solver.solve(nonlinear.data(), 3, there.data()).objective;
      if (objective <= not_far * best.objective + perfect_objective(problem))
        found.push_back({objective, there});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::vector<double>> thetas;
  for (std::size_t i = 0; i < std::min(found.size(), kMost); ++i) thetas.push_back(found[i].second);
  return thetas;
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

bool spans_are_known(const Structure& structure) {
  return std::all_of(structure.spans.begin(), structure.spans.end(),
                     [](const SearchSpan& span) { return span.known; });
}

/// The law's spans, and those that have to be found.
void complete_spans(const FitProblem& problem, const SearchOptions& options, Structure& structure,
                    std::vector<std::vector<double>>& starts) {
  if (spans_are_known(structure)) return;
  if (!options.spans.empty()) {
    for (std::size_t k = 0; k < structure.spans.size(); ++k)
      structure.spans[k] = options.spans[at(problem.parameter_of(structure.nonlinear[k]))];
    return;
  }
  const Points few = thinned(problem.points(), kScannedPoints);
  const FitProblem sketch = problem.with_points(few);
  CoordinateScan scan(sketch, structure);
  structure.spans = scan.spans();
  starts.insert(starts.end(), scan.ends().begin(), scan.ends().end());
}

/// Searches from where a scan ends, which a law's own spans may be too narrow for.
void search_from_scan(const FitProblem& problem, SearchResult& result) {
  if (result.minima.empty()) return;
  const Points few = thinned(problem.points(), kScannedPoints);
  const FitProblem sketch = problem.with_points(few);
  const CoordinateScan scan(sketch, result.structure);
  const double before = result.minima.front().objective;
  for (const std::vector<double>& theta : scan.ends())
    add_distinct(result.minima,
                 descend_from(problem, result.structure, problem.coordinates_of(theta)));
  sort_by_objective(result.minima);
  if (is_lower(problem, result.minima.front().objective, before)) result.enough_searches = false;
}

/// On how many points local searches start.
std::size_t n_search_points(const FitProblem& problem, std::size_t n_axes) {
  const std::size_t n = problem.points().size();
  if (n_axes == 1) return std::min(n, kMostPointsOfOneAxis);
  if (n <= kAllSearchPoints) return n;
  return std::min(
      n, std::max(kLeastSearchPoints, kSearchPointsPerParameter * at(problem.n_parameters())));
}

/// The local searches on all points, or on two choices of few of them.
void search_locally(const FitProblem& problem, const std::vector<std::vector<double>>& starts,
                    const SearchOptions& options, SearchResult& result) {
  const std::size_t n_axes = result.structure.nonlinear.size();
  const std::size_t most = n_search_points(problem, n_axes);
  const bool thin = most < problem.points().size();
  const std::size_t n_choices = thin && options.thorough ? 2 : 1;
  result.enough_searches = true;
  double level = kInfinity;
  for (std::size_t choice = 0; choice < n_choices; ++choice) {
    const Points few = thinned(problem.points(), most, choice);
    const FitProblem first_problem = thin ? problem.with_points(few) : problem;
    LocalSearches searches(first_problem, result.structure, thin, options);
    searches.from_nodes();
    if (options.thorough) {
      for (const std::vector<double>& theta : starts) searches.from(theta);
      searches.go_on();
    }
    const bool disagree = options.thorough
                              ? !searches.meets_stopping_rule() && !result.structure.is_covered()
                              : !result.exhaustive && searches.n_agreeing() < 2;
    if (options.mesh == Mesh::fine && disagree) {
      for (const std::vector<double>& theta : least_squares_optima(first_problem))
        searches.from(theta);
    }
    if (!options.thorough) {
      for (const std::vector<double>& theta : starts) searches.from(theta);
    }
    std::vector<Minimum> minima = searches.minima();
    if (thin) minima = refined_on(problem, minima, options);
    const bool agreed = searches.meets_stopping_rule() && searches.n_agreeing() >= kManyAgreeing;
    const bool patient = options.thorough && !result.structure.is_covered() && !agreed;
    if (!searches.by_slope() || thin)
      continue_near_best(problem, result.structure, patient, minima);
    for (Minimum& minimum : minima) add_distinct(result.minima, std::move(minimum));
    const double best = result.minima.empty() ? kInfinity : minima.front().objective;
    // Both choices have to lead to the same.
    const bool alike = choice == 0 || std::abs(best - level) <= 1e-6 * std::min(best, level);
    level = best;
    // Nor may what was continued from a search lie below all that the searches agree on.
    const bool lower =
        !thin && best < searches.best_converged() * (1 - 1e-6) - problem.rounding(best);
    const bool covered =
        searches.is_covered() &&
        (searches.by_slope() || searches.n_searches() < 2 || searches.n_agreeing() > 1);
    result.enough_searches =
        result.enough_searches && alike && (covered || (searches.meets_stopping_rule() && !lower));
    result.n_agreeing = searches.n_agreeing();
    result.n_in_best += searches.n_agreeing();
    result.n_near_best += searches.n_near(best);
    result.n_searches += searches.n_searches();
    result.n_distinct = std::max(result.n_distinct, searches.n_distinct());
    // A grid whose searches agree leaves little doubt.
    if (searches.is_covered() && searches.n_agreeing() > 1 && searches.n_distinct() == 1) break;
  }
  // In a narrow valley of a kinked loss most searches stop at kinks high above its minimum.
  if (problem.loss().kinked() && 2 * result.n_near_best < result.n_searches)
    result.enough_searches = false;
  sort_by_objective(result.minima);
}

bool many_agreed(const SearchResult& result) {
  return result.enough_searches && result.n_agreeing >= kManyAgreeing;
}

/// Looks around the best minimum until nothing is lower.
void look_elsewhere(const FitProblem& problem, SearchResult& result) {
  constexpr int kMostRounds = 3;
  constexpr std::size_t kMostPoints = 256;
  if (result.structure.nonlinear.empty()) return;
  const Points few = thinned(problem.points(), kMostPoints);
  const FitProblem sketch = problem.with_points(few);
  const bool agreed = many_agreed(result);
  const std::vector<bool> every(result.structure.nonlinear.size(), true);
  for (int round = 0; round < kMostRounds && !result.minima.empty(); ++round) {
    Minimum best = result.minima.front();
    best.objective = sketch.objective(best.z.data());
    const double before = result.minima.front().objective;
    std::vector<std::vector<double>> starts =
        lower_elsewhere(sketch, result.structure, best, every);
    if (problem.points().n_inputs() > 1 && !leaves_no_room(problem, result.structure)) {
      for (std::vector<double>& theta : exchanged(sketch, result.structure, best, agreed))
        starts.push_back(std::move(theta));
    }
    const bool thin = few.size() < problem.points().size();
    for (const std::vector<double>& theta : starts) {
      Minimum found = descend_from(sketch, result.structure, sketch.coordinates_of(theta));
      constexpr double kNotFar = 1.05;  // few points may prefer another minimum than all
      if (thin && !(found.objective <= kNotFar * best.objective)) continue;
      if (thin) found = descend_nearby(problem, found.z);
      add_distinct(result.minima, std::move(found));
    }
    sort_by_objective(result.minima);
    if (!is_lower(problem, result.minima.front().objective, before)) return;
    result.enough_searches = false;
  }
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
  std::vector<std::vector<double>> starts = extra_starts;
  complete_spans(problem, options, result.structure, starts);
  bool pieces_covered = false;
  if (options.thorough) {
    constexpr int kKinkedStarts = 48;
    for (std::vector<double>& theta : kinked_starts(problem, result.structure, kKinkedStarts))
      starts.push_back(std::move(theta));
    PieceStarts pieces = piece_starts(problem, result.structure);
    pieces_covered = pieces.covered;
    for (std::vector<double>& theta : pieces.thetas) starts.push_back(std::move(theta));
  }
  result.span_of_parameter.resize(at(problem.n_parameters()));
  for (std::size_t k = 0; k < n_axes; ++k)
    result.span_of_parameter[at(problem.parameter_of(result.structure.nonlinear[k]))] =
        result.structure.spans[k];
  search_locally(problem, starts, options, result);
  // Each side of a kink was searched through for each of many ways to lay it.
  if (pieces_covered && result.n_agreeing >= kManyAgreeing && result.minima.front().converged)
    result.enough_searches = true;
  if (options.thorough) {
    // Known limits say what there is beyond the grid.
    if (!(leaves_no_room(problem, result.structure) && limits_are_known(problem)))
      look_elsewhere(problem, result);
    const bool agreed = many_agreed(result);
    const bool kinked = problem.loss().kinked();
    if (kinked ? !result.structure.is_covered() : n_axes > kMostGridAxes && !agreed)
      search_from_scan(problem, result);
    hop_around_doubtful(problem, agreed, result);
    if (!leaves_no_room(problem, result.structure)) walk_along_profiles(problem, result);
  }
  if (linear) {
    for (Minimum& minimum : result.minima)
      minimum.z = given.coordinates_of(problem.theta_at(minimum.z));
  }
  return result;
}

}  // namespace rung
