#include "rung/fit/optimum/local_searches.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/elsewhere.hpp"
#include "rung/fit/optimum/hops.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/slope_search.hpp"
#include "rung/fit/optimum/thinned.hpp"
#include "rung/fit/optimum/variable_projection.hpp"

namespace rung {
namespace {

/// At one place and, since predictions may jump there, at one height.
bool same_minimum(const Minimum& a, const Minimum& b) {
  constexpr double kJump = 1e-3;
  if (std::abs(a.objective - b.objective) > kJump * std::max(a.objective, b.objective))
    return false;
  for (std::size_t i = 0; i < a.z.size(); ++i) {
    if (std::abs(a.z[i] - b.z[i]) > 1e-5 * (1 + std::abs(a.z[i]))) return false;
  }
  return true;
}

bool can_profile(const FitProblem& problem, const Structure& structure) {
  return !structure.linear.empty() && !structure.nonlinear.empty() && !problem.loss().kinked();
}

/// A node only has to be told from its neighbours, which few points do. With one nonlinear
/// parameter the nodes are few, and their slopes are those of the objective.
Points points_of_nodes(const FitProblem& problem, const Structure& structure) {
  constexpr std::size_t kPerParameter = 16, kLeast = 64;
  const bool few_nodes = structure.nonlinear.size() < 2;
  return thinned(problem.points(),
                 few_nodes ? problem.points().size()
                           : std::max(kLeast, kPerParameter * at(problem.n_parameters())));
}

/// A local search from z with the linear parameters solved first.
Minimum descend_with_linear_solved(const FitProblem& problem, const Structure& structure,
                                   const std::vector<double>& z) {
  constexpr int kRounds = 3;
  std::vector<double> theta = problem.theta_at(z), nonlinear;
  for (const int i : structure.nonlinear) nonlinear.push_back(theta[at(problem.parameter_of(i))]);
  LinearSolver(problem, structure).solve(nonlinear.data(), kRounds, theta.data());
  return descend(problem, problem.coordinates_of(theta));
}

/// The best of where a local search from z led and where others lead: with the linear parameters
/// solved at the start, profiled out from the start, or profiled out where a search did not
/// converge. What ends above another in the same valley is not looked at further.
Minimum search_further(const FitProblem& problem, const Structure& structure,
                       const std::vector<double>& z, Minimum found) {
  constexpr double kOneValley = 0.01;
  Minimum best = continued_with_profile(problem, structure, std::move(found));
  const auto consider = [&](Minimum other) {
    const bool lower = !(best.objective <= other.objective * (1 + 1e-9));
    const bool converges = other.converged && !best.converged && other.objective <= best.objective;
    if (lower || converges) best = std::move(other);
  };
  if (structure.linear.empty() || structure.nonlinear.empty()) return best;
  Minimum other = descend_with_linear_solved(problem, structure, z);
  const bool in_one_valley =
      best.objective <= other.objective && other.objective <= (1 + kOneValley) * best.objective;
  if (in_one_valley) return best;
  consider(continued_with_profile(problem, structure, std::move(other)));
  if (can_profile(problem, structure)) consider(minimize_profiled(problem, z, structure.nonlinear));
  return best;
}

}  // namespace

double work_of(const FitProblem& problem, int n_iterations) {
  return static_cast<double>(n_iterations) * static_cast<double>(problem.points().size()) *
         static_cast<double>(problem.n_free() * problem.n_free());
}

bool leaves_no_room(const FitProblem& problem, const Structure& structure) {
  return structure.is_covered() && !problem.loss().kinked();
}

bool agree(const Minimum& a, const Minimum& b) {
  return a.converged && b.converged &&
         std::abs(a.objective - b.objective) <= kSameObjective * a.objective;
}

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
      node_points_(points_of_nodes(problem, structure)),
      node_problem_(problem.with_points(node_points_)),
      solver_(node_problem_, structure),
      nodes_(search_nodes(structure.spans, options.mesh)),
      solved_(solve_nodes(nodes_, solver_, problem.n_parameters())) {
  const LossKind loss = problem.loss().kind;
  by_continuation_ = loss == LossKind::huber || loss == LossKind::asymmetric;
  by_slope_ = structure.nonlinear.size() == 1 && solver_.exact() && !problem.has_priors();
}

void LocalSearches::from_nodes() {
  // A search by continuation costs as much as several others; a grid leaves little to find.
  const bool slow = by_continuation_ || problem_.loss().kinked();
  const bool thorough = options_.thorough;
  const std::size_t n_further = !fine_ || !options_.further_nodes || by_slope_ ? 0
                                : !thorough    ? (!nodes_.shape.empty() ? 0
                                                  : by_continuation_    ? 32
                                                                        : 160)
                                : is_covered() ? (slow ? 4 : 12)
                                : slow         ? 48
                                               : 200;
  const StartingNodes starts = starting_nodes(solved_, nodes_.shape,
                                              {.grid_minima = fine_ ? 8u : 3u,
                                               .of_sequence = !fine_                         ? 4u
                                                              : thorough && by_continuation_ ? 8u
                                                                                             : 16u,
                                               .faces = fine_ ? 4u : 2u,
                                               .further = n_further,
                                               .scattered = thorough});
  further_ = starts.further;
  for (const int node : starts.first) from_node(node);
  go_on();
}

void LocalSearches::go_on() {
  constexpr double kMostWork = 3e9;  // a few seconds
  for (; n_further_ < further_.size(); ++n_further_) {
    const bool enough = is_covered() ? n_agreeing() > 1 : meets_stopping_rule();
    if (options_.thorough ? enough || is_hopeless() || work_ > kMostWork : many_agree()) break;
    from_node(further_[n_further_]);
  }
}

void LocalSearches::from(const std::vector<double>& theta) {
  const std::vector<double> start = problem_.coordinates_of(theta);
  const double at_start = problem_.objective(start.data());
  const Minimum as_it_is{.z = start, .objective = at_start, .converged = false, .n_iterations = 1};
  if (by_slope_) {
    const double value = theta[at(problem_.parameter_of(solver_.nonlinear_coordinate()))];
    constexpr double kFirstStep = 1e-3;
    Minimum found = minimum_downhill(problem_, solver_, value, kFirstStep * std::abs(value));
    // Where numbers end a slope may point up.
    if (is_lower(problem_, at_start, found.objective)) found = as_it_is;
    return add(std::move(found));
  }
  Minimum found = descend(problem_, start, {.useful_below = useful_below()});
  if (!found.converged && found.objective <= kNearBest * best_converged_) {
    found = fine_ ? search_further(problem_, structure_, start, std::move(found))
                  : continued_with_profile(problem_, structure_,
                                           descend_with_linear_solved(problem_, structure_, start));
  }
  found = no_higher_than(start, std::move(found));
  if (at_start < found.objective) found = as_it_is;
  add(std::move(found));
}

/// A search that begins with a smoother loss may end above where it began: then without.
Minimum LocalSearches::no_higher_than(const std::vector<double>& start, Minimum found) const {
  if (!by_continuation_) return found;
  const double at_start = problem_.objective(start.data());
  if (!(at_start < std::min(found.objective, best_converged_))) return found;
  Minimum direct = minimize(problem_, start);
  return direct.objective < found.objective ? direct : found;
}

void LocalSearches::from_node(int node) {
  if (by_slope_) {
    // Of a plateau the first node stands for all.
    const bool on_plateau = node > 0 && solved_.objective(node - 1) == solved_.objective(node);
    if (!on_plateau && is_grid_minimum(solved_, nodes_.shape, node))
      add(minimum_at_node(problem_, solver_, nodes_, solved_, node));
    return;
  }
  const std::vector<double> start = problem_.coordinates_of(solved_.theta(node));
  // A minimum that is searched again on all points need not be accurate on a few of them.
  Minimum found = descend(problem_, start,
                          {.max_iterations = thinned_ ? kThinnedIterations : 300,
                           .decrement_tolerance = thinned_ ? 1e-9 : 1e-15,
                           .useful_below = useful_below()});
  found = no_higher_than(start, std::move(found));
  if (options_.thorough && !thinned_ && found.objective <= kNearBest * best_converged_)
    found = continued_with_profile(problem_, structure_, std::move(found));
  // It takes as long as several searches, and the first start from the lowest nodes. Under other
  // losses the way back is slow, and seldom ends at rest.
  constexpr int kMostLedBack = 16;
  const bool smooth = problem_.loss().smooth();
  if (options_.thorough && !is_covered() && smooth && n_searches() < kMostLedBack)
    found = led_back(problem_, structure_, std::move(found));
  add(std::move(found));
  if (by_continuation_ && !options_.thorough)
    add_distinct(minima_, minimize(problem_, start, {.max_iterations = 60}));
}

void LocalSearches::add(Minimum found) {
  work_ += work_of(problem_, found.n_iterations);
  objectives_.push_back(found.objective);
  if (found.converged) {
    converged_objectives_.push_back(found.objective);
    best_converged_ = std::min(best_converged_, found.objective);
  }
  add_distinct(minima_, std::move(found));
}

bool LocalSearches::is_covered() const { return leaves_no_room(problem_, structure_); }

/// Whether many searches converged to the lowest objective that any has reached.
bool LocalSearches::many_agree() const {
  constexpr std::ptrdiff_t kMany = 6;
  const double lowest = *std::min_element(objectives_.begin(), objectives_.end());
  const auto is_lowest = [&](double f) { return f <= lowest * (1 + 1e-6); };
  return std::count_if(converged_objectives_.begin(), converged_objectives_.end(), is_lowest) >=
         kMany;
}

/// Of the searches that converged to minima not far above the best, in ascending order; empty where
/// one that did not converge is lower than all that did.
std::vector<double> LocalSearches::useful_objectives() const {
  constexpr double kUseful = 4;
  std::vector<double> useful;
  if (converged_objectives_.empty()) return useful;
  const double lowest = *std::min_element(objectives_.begin(), objectives_.end());
  if (lowest < best_converged_ * (1 - 1e-6) - problem_.rounding(best_converged_)) return useful;
  const double most = kUseful * best_converged_ + problem_.rounding(best_converged_);
  for (const double objective : converged_objectives_) {
    if (objective <= most) useful.push_back(objective);
  }
  std::sort(useful.begin(), useful.end());
  return useful;
}

int LocalSearches::n_distinct() const {
  const std::vector<double> useful = useful_objectives();
  int n_distinct = useful.empty() ? 0 : 1;
  for (std::size_t i = 1; i < useful.size(); ++i) {
    if (useful[i] > useful[i - 1] * (1 + 1e-6) + problem_.rounding(useful[i])) ++n_distinct;
  }
  return n_distinct;
}

/// After so many slow searches of which none converged near the best, more would not either.
bool LocalSearches::is_hopeless() const {
  constexpr int kMany = 16;
  return by_continuation_ && n_searches() >= kMany && useful_objectives().empty();
}

bool LocalSearches::meets_stopping_rule() const {
  if (by_slope_ || structure_.nonlinear.empty()) return true;
  const double n = static_cast<double>(useful_objectives().size()), w = n_distinct();
  return w > 0 && n > w + 2 && w * (n - 1) / (n - w - 2) < w + 0.5;
}

/// The objective that a search has to get below. SearchOptions' threshold is one for all points,
/// and does not apply to few of them.
double LocalSearches::useful_below() const {
  // Searches are counted where they decide whether enough is known.
  if (options_.thorough && !structure_.is_covered()) return kInfinity;
  // A search in many coordinates may make little progress for long before the objective falls.
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

int LocalSearches::n_near(double objective) const {
  constexpr double kNear = 1.01;
  const double level = kNear * objective + problem_.rounding(objective);
  return static_cast<int>(
      std::count_if(objectives_.begin(), objectives_.end(), [&](double f) { return f <= level; }));
}

Minimum descend_from(const FitProblem& problem, const Structure& structure,
                     const std::vector<double>& z) {
  return search_further(problem, structure, z, descend(problem, z));
}

}  // namespace rung
