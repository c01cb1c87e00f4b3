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
#include "rung/fit/optimum/local_searches.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/probes.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {
namespace {

/// The span of a parameter that is not linear.
const SearchSpan& span_of(const FitProblem& problem, const SearchResult& search, int parameter) {
  const std::vector<int>& nonlinear = search.structure.nonlinear;
  const auto found =
      std::find(nonlinear.begin(), nonlinear.end(), problem.coordinate_of(parameter));
  return search.structure.spans[static_cast<std::size_t>(found - nonlinear.begin())];
}

/// Whether a parameter lies further out than the search looked: greater (up) or nearer to zero.
bool is_beyond(const SearchSpan& span, double value, bool up) {
  return up ? std::abs(value) > span.greatest_size(value)
            : std::abs(value) < span.least_size(value);
}

bool outside_search(const FitProblem& problem, const SearchResult& search,
                    const std::vector<double>& theta) {
  for (const int coordinate : search.structure.nonlinear) {
    const int p = problem.parameter_of(coordinate);
    if (!span_of(problem, search, p).holds(theta[at(p)])) return true;
  }
  return false;
}

bool all_at_bounds(const FitProblem& problem, const std::vector<double>& z) {
  for (int c = 0; c < problem.n_free(); ++c) {
    if (z[at(c)] > problem.lower(c) && z[at(c)] < problem.upper(c)) return false;
  }
  return true;
}

/// Whether the minimum may lie at infinity: it is not stationary, outside the search range, or
/// nearly flat in some direction.
bool may_diverge(const FitProblem& problem, const SearchResult& search) {
  const Minimum& best = search.minima.front();
  if (!best.converged || outside_search(problem, search, problem.theta_at(best.z))) return true;
  const Curvature curvature = curvature_at(problem, best.z);
  constexpr double kFlat = 1e-7;
  if (curvature.coordinates.empty()) return !all_at_bounds(problem, best.z);  // none that is finite
  return curvature.axes.values.front() < kFlat * curvature.axes.values.back();
}

/// A fit with some parameters fixed whose objective is at most `level`, if there is one: from
/// `theta` or, where two ways down from there don't converge to the same, from a search of its own.
Minimum fit_with_fixed(const FitProblem& problem, const SearchResult& found,
                       const std::vector<int>& parameters, const std::vector<double>& theta,
                       double level) {
  FitProblem fixed = problem;
  for (const int p : parameters) fixed = fixed.with_fixed(p, theta[at(p)]);
  const std::vector<double> start = fixed.coordinates_of(theta);
  Minimum minimum = descend_nearby(fixed, start, {.useful_below = level});
  bool sure = minimum.objective <= level;
  if (!sure) {
    Minimum further = descend_from(fixed, structure_of(fixed), start);
    constexpr double kNotFar = 2;  // a plateau far above may be where both ended
    const bool rises = agree(minimum, further) && further.objective <= kNotFar * level;
    sure = further.objective <= level || rises;
    minimum = std::move(further);
  }
  if (!sure) {
    const SearchResult search = global_search(
        fixed, {theta},
        {.mesh = Mesh::coarse, .useful_below = level, .spans = found.span_of_parameter});
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
  for (const int p : pushed)
    all.push_back({p, !up ? "0" : far[at(p)] < 0 ? "-infinity" : "infinity"});
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
  for (const bool up : {false, true}) {
    Direction together{{}, up};
    for (const int coordinate : search.structure.nonlinear) {
      const int p = problem.parameter_of(coordinate);
      if (is_beyond(span_of(problem, search, p), theta[at(p)], up))
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
  return std::any_of(direction.parameters.begin(), direction.parameters.end(), [&](int p) {
    return is_beyond(span_of(problem, search, p), theta[at(p)], !direction.up);
  });
}

// The factor of a step outwards where tenfold steps overflow, because the scale of a power grows
// with its exponent.
constexpr double kShortStep = 1.5;

/// How far out to look, as factors on the parameters' present values: from the edge of the search
/// range (or where they are, if inside) outwards over two or three decades; 1 is where they are.
std::vector<double> outward_factors(const FitProblem& problem, const SearchResult& search,
                                    const Direction& direction, const std::vector<double>& theta) {
  double beyond = 1;  // how far the nearest of them is past its edge
  bool all_beyond = true;
  for (const int p : direction.parameters) {
    const SearchSpan& span = span_of(problem, search, p);
    const double size = std::abs(theta[at(p)]);
    const double past = direction.up ? size / span.greatest_size(theta[at(p)])
                                     : span.least_size(theta[at(p)]) / size;
    all_beyond = all_beyond && past > 1 && std::isfinite(past);
    beyond = beyond == 1 ? past : std::min(beyond, past);
  }
  std::vector<double> outwards = {1};
  const double first = all_beyond ? 1 / beyond : 10;
  for (const double factor : {first, first * 10, first * 100}) outwards.push_back(factor);
  outwards.push_back(kShortStep);
  // From a minimum that converged, the objective has to be looked at further out than there.
  if (search.minima.front().converged && outwards.back() < 10) outwards.push_back(10);
  std::sort(outwards.begin(), outwards.end());
  if (!direction.up) {
    for (double& factor : outwards) factor = 1 / factor;
  }
  return outwards;
}

/// Whether terms cancel so far that the last digit of a parameter decides between objectives.
bool cancels(const FitProblem& problem, const Minimum& minimum) {
  for (std::size_t c = 0; c < minimum.z.size(); ++c) {
    std::vector<double> z = minimum.z;
    z[c] = std::nextafter(z[c], kInfinity);
    const double change = problem.objective(z.data()) - minimum.objective;
    if (std::abs(change) > kSameObjective * minimum.objective) return true;
  }
  return false;
}

/// Whether a parameter is so large that a rise of the objective further out may be an overflow:
/// where a rate or an exponent grows, the scale beside it grows exponentially.
bool is_out_of_numbers(const FitProblem& problem, const Minimum& minimum) {
  if (minimum.z.empty()) return false;
  constexpr double kGreatest = 1e100;
  const std::vector<double> theta = problem.theta_at(minimum.z);
  const bool huge = std::any_of(theta.begin(), theta.end(),
                                [](double value) { return std::abs(value) > kGreatest; });
  return huge || cancels(problem, minimum);
}

/// Looks outwards along a direction; absent where the objective rises on the way.
std::optional<Divergence> divergence_along(const FitProblem& problem, const SearchResult& search,
                                           const Direction& direction) {
  const Minimum& best = search.minima.front();
  const std::vector<double> theta = problem.theta_at(best.z);
  std::vector<double> near, from = theta;
  std::vector<Minimum> on_the_way;
  bool is_beyond_best = false;  // beyond where the best minimum lies
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
        factor == 1 ? best : fit_with_fixed(problem, search, direction.parameters, from, level);
    if (!(next.objective <= level)) {
      const bool exists = next.objective < kInfinity;
      const bool numbers_end = (!exists && is_beyond_best) || is_out_of_numbers(problem, far);
      if (factor != 1 && !on_the_way.empty() && numbers_end) break;
      return std::nullopt;
    }
    is_beyond_best = is_beyond_best || factor == (direction.up ? kShortStep : 1 / kShortStep);
    far = next;
    if (factor != 1) on_the_way.push_back(far);
    from = problem.theta_at(far.z);
    if (near.empty()) near = from;
  }
  Divergence divergence{.furthest = far, .on_the_way = std::move(on_the_way)};
  std::vector<std::string> parts;
  for (const Diverging& one :
       diverging_parameters(problem, direction.parameters, direction.up, near, from)) {
    divergence.diverging.push_back(one.parameter);
    parts.push_back(problem.law().info.parameters[at(one.parameter)].name + " -> " + one.limit);
  }
  divergence.towards = join(parts, ", ");
  return divergence;
}

/// Whether the objective rises from the best minimum in the direction opposite to one along which
/// it is level: it then falls all the way out, soon by less than rounding shows, and what looks
/// level is no ridge.
bool rises_backwards(const FitProblem& problem, const SearchResult& search,
                     const Direction& direction) {
  const Minimum& best = search.minima.front();
  const double level = best.objective * (1 + kSameObjective) + problem.rounding(best.objective);
  std::vector<double> from = problem.theta_at(best.z);
  constexpr double kBack = 0.01;
  for (const int p : direction.parameters) {
    from[at(p)] *= direction.up ? kBack : 1 / kBack;
    const int coordinate = problem.coordinate_of(p);
    const double z = problem.of_log(p) ? std::log(from[at(p)]) : from[at(p)];
    if (z < problem.lower(coordinate) || z > problem.upper(coordinate)) return false;
  }
  return fit_with_fixed(problem, search, direction.parameters, from, level).objective > level;
}

/// Whether the best minimum and one far out predict differently beyond the data: then parameters
/// compensate for each other along a ridge; else they only lose their effect.
bool is_ridge(const FitProblem& problem, const Minimum& best, const Minimum& far) {
  const Points probes = probes_of(problem);
  return predict_differently(problem.predict(problem.theta_at(far.z), probes),
                             problem.predict(problem.theta_at(best.z), probes));
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
  const auto falls = [&](const Divergence& one) {
    return one.furthest.objective <
           best.objective * (1 - kSameObjective) - problem.rounding(best.objective);
  };
  const auto is_level_ridge = [&](const Divergence& one) {
    return !falls(one) && is_ridge(problem, best, one.furthest);
  };
  std::vector<Minimum> level_with_best;
  for (const Direction& direction : joint_directions(problem, search, problem.theta_at(best.z))) {
    const auto found = divergence_along(problem, search, direction);
    if (!found) continue;
    if (!is_level_ridge(*found)) return *found;
    level_with_best.push_back(found->furthest);
  }
  const std::vector<Direction> directions = single_directions(problem, search);
  std::vector<std::optional<Divergence>> found(directions.size());
  parallel_for(directions.size(), n_threads,
               [&](std::size_t i) { found[i] = divergence_along(problem, search, directions[i]); });
  const std::vector<double> theta = problem.theta_at(best.z);
  const bool inside = best.converged && !outside_search(problem, search, theta);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) continue;
    const Divergence& one = *found[i];
    if (!falls(one) && have_no_effect(problem, theta, directions[i].parameters)) continue;
    const bool level_inside =
        inside && !falls(one) && !rises_backwards(problem, search, directions[i]);
    if (is_level_ridge(one) || level_inside) {
      level_with_best.push_back(one.furthest);
    } else if (divergence.towards.empty() ||
               one.furthest.objective < divergence.furthest.objective) {
      divergence = one;
    }
  }
  divergence.level_with_best = std::move(level_with_best);
  return divergence;
}

}  // namespace rung
