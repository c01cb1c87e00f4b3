#include "rung/fit/optimum/local_searches.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/slope_search.hpp"
#include "rung/fit/optimum/variable_projection.hpp"

namespace rung {
namespace {

bool same_minimum(const Minimum& a, const Minimum& b) {
  for (std::size_t i = 0; i < a.z.size(); ++i) {
    if (std::abs(a.z[i] - b.z[i]) > 1e-5 * (1 + std::abs(a.z[i]))) return false;
  }
  return true;
}

bool can_profile(const FitProblem& problem, const Structure& structure) {
  return !structure.linear.empty() && !structure.nonlinear.empty() && !problem.loss().kinked();
}

/// A local search from z with the linear parameters solved first.
Minimum search_with_linear_solved(const FitProblem& problem, const Structure& structure,
                                  const std::vector<double>& z) {
  constexpr int kRounds = 3;
  std::vector<double> theta = problem.theta_at(z), nonlinear;
  for (const int i : structure.nonlinear) nonlinear.push_back(theta[at(problem.parameter_of(i))]);
  LinearSolver(problem, structure).solve(nonlinear.data(), kRounds, theta.data());
  return continued_with_profile(problem, structure,
                                descend(problem, problem.coordinates_of(theta)));
}

/// Where a local search from z did not converge: the best of where it leads with the linear
/// parameters profiled out from there on, solved at the start, and profiled out from the start.
Minimum search_further(const FitProblem& problem, const Structure& structure,
                       const std::vector<double>& z, Minimum not_converged) {
  Minimum best = continued_with_profile(problem, structure, std::move(not_converged));
  const auto consider = [&](Minimum found) {
    const bool lower = !(best.objective <= found.objective * (1 + 1e-9));
    const bool converges = found.converged && !best.converged && found.objective <= best.objective;
    if (lower || converges) best = std::move(found);
  };
  if (structure.linear.empty() || structure.nonlinear.empty()) return best;
  consider(search_with_linear_solved(problem, structure, z));
  if (can_profile(problem, structure)) consider(minimize_profiled(problem, z, structure.nonlinear));
  return best;
}

}  // namespace

void add_distinct(std::vector<Minimum>& minima, Minimum found) {
  if (!(found.objective < kInfinity)) return;
  for (Minimum& other : minima) {
    if (!same_minimum(other, found)) continue;
    const bool converges = found.converged && !other.converged;
    const bool lower = found.converged == other.converged && found.objective < other.objective;
    if (converges || lower) other = std::move(found);
    return;
  }
  minima.push_back(std::move(found));
}

void sort_by_objective(std::vector<Minimum>& minima) {
  std::stable_sort(minima.begin(), minima.end(),
                   [](const Minimum& a, const Minimum& b) { return a.objective < b.objective; });
}

Minimum continued_with_profile(const FitProblem& problem, const Structure& structure,
                               Minimum minimum) {
  if (minimum.converged || !can_profile(problem, structure)) return minimum;
  Minimum profiled = minimize_profiled(problem, minimum.z, structure.nonlinear);
  return profiled.converged || profiled.objective < minimum.objective ? profiled : minimum;
}

LocalSearches::LocalSearches(const FitProblem& problem, const Structure& structure, bool thinned,
                             const SearchOptions& options)
    : problem_(problem),
      structure_(structure),
      thinned_(thinned),
      options_(options),
      fine_(options.mesh == Mesh::fine),
      solver_(problem, structure),
      nodes_(search_nodes(search_spans(problem, structure.nonlinear), options.mesh)),
      solved_(solve_nodes(nodes_, solver_, problem.n_parameters())) {
  const LossKind loss = problem.loss().kind;
  by_continuation_ = loss == LossKind::huber || loss == LossKind::asymmetric;
  by_slope_ = structure.nonlinear.size() == 1 && solver_.exact() && !problem.has_priors();
}

void LocalSearches::from_nodes() {
  // A search by continuation costs as much as several others.
  const std::size_t n_further = !options_.further_nodes ? 0 : by_continuation_ ? 32 : 160;
  const StartingNodes starts = starting_nodes(solved_, nodes_.shape, options_.mesh, n_further);
  for (const int node : starts.first) from_node(node);
  for (const int node : starts.further) {
    if (many_agree()) break;
    from_node(node);
  }
}

void LocalSearches::from(const std::vector<double>& theta) {
  if (by_slope_) {
    const double value = theta[at(problem_.parameter_of(solver_.nonlinear_coordinate()))];
    constexpr double kFirstStep = 1e-3;
    return add(minimum_downhill(problem_, solver_, value, kFirstStep * std::abs(value)));
  }
  const std::vector<double> start = problem_.coordinates_of(theta);
  Minimum found = descend(problem_, start, {.useful_below = useful_below()});
  if (!found.converged && found.objective <= kNearBest * best_converged_) {
    found = fine_ ? search_further(problem_, structure_, start, std::move(found))
                  : search_with_linear_solved(problem_, structure_, start);
  }
  add(std::move(found));
}

void LocalSearches::from_node(int node) {
  if (by_slope_) {
    if (is_grid_minimum(solved_, nodes_.shape, node))
      add(minimum_at_node(problem_, solver_, nodes_, solved_, node));
    return;
  }
  const std::vector<double> start = problem_.coordinates_of(solved_.theta(node));
  // A minimum that is searched again on all points need not be accurate on a few of them.
  add(descend(problem_, start,
              {.max_iterations = thinned_ ? kThinnedIterations : 300,
               .decrement_tolerance = thinned_ ? 1e-9 : 1e-15,
               .useful_below = useful_below()}));
  if (by_continuation_) add_distinct(minima_, minimize(problem_, start, {.max_iterations = 60}));
}

void LocalSearches::add(Minimum found) {
  objectives_.push_back(found.objective);
  if (found.converged) {
    converged_objectives_.push_back(found.objective);
    best_converged_ = std::min(best_converged_, found.objective);
  }
  add_distinct(minima_, std::move(found));
}

/// Whether many searches converged to the lowest objective that any has reached.
bool LocalSearches::many_agree() const {
  constexpr std::ptrdiff_t kMany = 6;
  const double lowest = *std::min_element(objectives_.begin(), objectives_.end());
  const auto is_lowest = [&](double f) { return f <= lowest * (1 + 1e-6); };
  return std::count_if(converged_objectives_.begin(), converged_objectives_.end(), is_lowest) >=
         kMany;
}

/// The objective that a search has to get below. A search in many coordinates may make little
/// progress for long before the objective falls, so none is given up there. SearchOptions'
/// threshold is one for all points, and does not apply to few of them.
double LocalSearches::useful_below() const {
  const bool slow_at_first = structure_.nonlinear.size() > kMostGridAxes && !by_continuation_;
  if (fine_ && slow_at_first) return kInfinity;
  return thinned_ ? best_converged_ : std::min(best_converged_, options_.useful_below);
}

std::vector<Minimum> LocalSearches::minima() const {
  std::vector<Minimum> sorted = minima_;
  sort_by_objective(sorted);
  return sorted;
}

int LocalSearches::n_agreeing() const {
  if (minima_.empty()) return 0;
  const double best = minima().front().objective;
  const double level = best * (1 + 1e-9) + problem_.rounding(best);
  return static_cast<int>(
      std::count_if(objectives_.begin(), objectives_.end(), [&](double f) { return f <= level; }));
}

Minimum descend_from(const FitProblem& problem, const Structure& structure,
                     const std::vector<double>& z) {
  return search_further(problem, structure, z, descend(problem, z));
}

}  // namespace rung
