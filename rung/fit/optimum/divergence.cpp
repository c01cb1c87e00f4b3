#include "rung/fit/optimum/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/index.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/optimum/curvature.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/limits.hpp"
#include "rung/fit/optimum/optimality.hpp"

namespace rung {
namespace {

bool outside_search(const FitProblem& problem, const SearchResult& search,
                    const std::vector<double>& theta) {
  const std::vector<SearchSpan> spans = search_spans(problem, search.structure.nonlinear);
  for (std::size_t k = 0; k < spans.size(); ++k) {
    const double value = theta[at(problem.parameter_of(search.structure.nonlinear[k]))];
    if (value < spans[k].low || value > spans[k].high) return true;
  }
  return false;
}

/// Whether the minimum may lie at infinity: it is not stationary, outside the search range, or
/// nearly flat in some direction.
bool may_diverge(const FitProblem& problem, const SearchResult& search) {
  const Minimum& best = search.minima.front();
  if (!best.converged || outside_search(problem, search, problem.theta_at(best.z))) return true;
  const Curvature curvature = curvature_at(problem, best.z);
  constexpr double kFlat = 1e-7;
  return !curvature.coordinates.empty() &&
         curvature.values(0) < kFlat * curvature.values(curvature.values.size() - 1);
}

/// A fit with some parameters fixed whose objective is at most `level`, if there is one: from
/// `theta` or, where that leads nowhere, from a search of its own.
Minimum fit_with_fixed(const FitProblem& problem, const std::vector<int>& parameters,
                       const std::vector<double>& theta, double level) {
  FitProblem fixed = problem;
  for (const int p : parameters) fixed = fixed.with_fixed(p, theta[at(p)]);
  Minimum minimum = descend_nearby(fixed, fixed.coordinates_of(theta), {.useful_below = level});
  if (!(minimum.objective <= level)) {
    const SearchResult search = global_search(fixed, {theta}, {Mesh::coarse, level});
    minimum.objective = kInfinity;
    if (search.minima.empty()) return minimum;
    minimum = search.minima.front();
  }
  minimum.z = problem.coordinates_of(fixed.theta_at(minimum.z));
  return minimum;
}

/// A parameter that diverges, and its limit.
struct Diverging {
  int parameter;
  const char* limit;
};

/// Those that are pushed outwards, and those that change by a large factor with them.
std::vector<Diverging> diverging_parameters(const FitProblem& problem,
                                            const std::vector<int>& pushed, bool up,
                                            const std::vector<double>& near,
                                            const std::vector<double>& far) {
  std::vector<Diverging> all;
  for (const int p : pushed) all.push_back({p, up ? "infinity" : "0"});
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const bool is_pushed = std::find(pushed.begin(), pushed.end(), p) != pushed.end();
    if (is_pushed || problem.coordinate_of(p) < 0) continue;
    const double ratio = std::abs(far[at(p)]) / std::max(std::abs(near[at(p)]), 1e-300);
    if (ratio > 4) all.push_back({p, far[at(p)] < 0 ? "-infinity" : "infinity"});
    if (ratio < 0.25) all.push_back({p, "0"});
  }
  return all;
}

/// Parameters to move outwards together, and which way.
struct Direction {
  std::vector<int> parameters;
  bool up = false;
};

/// The parameters that already left the search range on one side, where there are several.
std::vector<Direction> joint_directions(const FitProblem& problem, const SearchResult& search,
                                        const std::vector<double>& theta) {
  std::vector<Direction> directions;
  const std::vector<SearchSpan> spans = search_spans(problem, search.structure.nonlinear);
  for (const bool up : {false, true}) {
    Direction together{{}, up};
    for (std::size_t k = 0; k < spans.size(); ++k) {
      const int p = problem.parameter_of(search.structure.nonlinear[k]);
      if (up ? theta[at(p)] > spans[k].high : theta[at(p)] < spans[k].low)
        together.parameters.push_back(p);
    }
    if (together.parameters.size() > 1) directions.push_back(together);
  }
  return directions;
}

/// Each parameter that is not linear alone, both ways.
std::vector<Direction> single_directions(const FitProblem& problem, const SearchResult& search) {
  std::vector<Direction> directions;
  for (const int coordinate : search.structure.nonlinear) {
    for (const bool up : {false, true})
      directions.push_back({{problem.parameter_of(coordinate)}, up});
  }
  return directions;
}

/// Whether a parameter already lies beyond the end of the search range that the direction leads
/// away from: it then diverges in the other direction, if at all.
bool is_beyond_other_end(const FitProblem& problem, const SearchResult& search,
                         const Direction& direction, const std::vector<double>& theta) {
  const std::vector<SearchSpan> spans = search_spans(problem, search.structure.nonlinear);
  for (std::size_t k = 0; k < spans.size(); ++k) {
    const int p = problem.parameter_of(search.structure.nonlinear[k]);
    const auto& pushed = direction.parameters;
    if (std::find(pushed.begin(), pushed.end(), p) == pushed.end()) continue;
    if (direction.up ? theta[at(p)] < spans[k].low : theta[at(p)] > spans[k].high) return true;
  }
  return false;
}

/// How far out to look, as factors on the parameters' present values: from the edge of the search
/// range (or where they are, if inside) outwards over two or three decades; 1 is where they are.
std::vector<double> outward_factors(const FitProblem& problem, const SearchResult& search,
                                    const Direction& direction, const std::vector<double>& theta) {
  const std::vector<SearchSpan> spans = search_spans(problem, search.structure.nonlinear);
  double beyond = 1;  // how far the nearest of them is past its edge
  bool all_beyond = true;
  for (const int p : direction.parameters) {
    for (std::size_t k = 0; k < spans.size(); ++k) {
      if (problem.parameter_of(search.structure.nonlinear[k]) != p) continue;
      const double past = direction.up ? theta[at(p)] / spans[k].high : spans[k].low / theta[at(p)];
      all_beyond = all_beyond && past > 1;
      beyond = beyond == 1 ? past : std::min(beyond, past);
    }
  }
  std::vector<double> outwards = {1};
  const double first = all_beyond ? 1 / beyond : 10;
  for (const double factor : {first, first * 10, first * 100}) outwards.push_back(factor);
  // From a minimum that converged, the objective has to be looked at further out than there.
  if (search.minima.front().converged && outwards.back() < 10) outwards.push_back(10);
  std::sort(outwards.begin(), outwards.end());
  if (!direction.up) {
    for (double& factor : outwards) factor = 1 / factor;
  }
  return outwards;
}

/// Looks outwards along a direction; absent where the objective rises on the way.
std::optional<Divergence> divergence_along(const FitProblem& problem, const SearchResult& search,
                                           const Direction& direction) {
  const Minimum& best = search.minima.front();
  const std::vector<double> theta = problem.theta_at(best.z);
  std::vector<double> near, from = theta;
  Minimum far;
  far.objective = kInfinity;
  if (is_beyond_other_end(problem, search, direction, theta)) return std::nullopt;
  for (const double factor : outward_factors(problem, search, direction, theta)) {
    for (const int p : direction.parameters) {
      from[at(p)] = theta[at(p)] * factor;
      const int coordinate = problem.coordinate_of(p);
      const double z = problem.of_log(p) ? std::log(from[at(p)]) : from[at(p)];
      const bool outside = z < problem.lower(coordinate) || z > problem.upper(coordinate);
      if (from[at(p)] == 0 || problem.underflows(p, z) || outside) return std::nullopt;
    }
    const double level = far.objective * (1 + kSameObjective);
    const Minimum next =
        factor == 1 ? best : fit_with_fixed(problem, direction.parameters, from, level);
    if (!(next.objective <= level)) return std::nullopt;
    far = next;
    from = problem.theta_at(far.z);
    if (near.empty()) near = from;
  }
  Divergence divergence{.furthest = far};
  std::vector<std::string> parts;
  for (const Diverging& one :
       diverging_parameters(problem, direction.parameters, direction.up, near, from)) {
    divergence.diverging.push_back(one.parameter);
    parts.push_back(problem.law().info.parameters[at(one.parameter)].name + " -> " + one.limit);
  }
  divergence.towards = join(parts, ", ");
  return divergence;
}

}  // namespace

Divergence find_divergence(const FitProblem& problem, const SearchResult& search, int n_threads) {
  const Minimum& best = search.minima.front();
  Divergence divergence;
  if (limits_are_known(problem)) {
    const std::string limit = better_limit(
        problem, std::max(best.objective * (1 + kSameObjective), perfect_objective(problem)));
    if (!limit.empty()) divergence = {best, limit};
    return divergence;
  }
  if (best.objective <= perfect_objective(problem) || !may_diverge(problem, search))
    return divergence;
  for (const Direction& direction : joint_directions(problem, search, problem.theta_at(best.z))) {
    if (const auto found = divergence_along(problem, search, direction)) return *found;
  }
  const std::vector<Direction> directions = single_directions(problem, search);
  std::vector<std::optional<Divergence>> found(directions.size());
  parallel_for(directions.size(), n_threads,
               [&](std::size_t i) { found[i] = divergence_along(problem, search, directions[i]); });
  for (const std::optional<Divergence>& one : found) {
    if (one &&
        (divergence.towards.empty() || one->furthest.objective < divergence.furthest.objective))
      divergence = *one;
  }
  return divergence;
}

}  // namespace rung
