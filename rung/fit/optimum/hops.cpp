#include "rung/fit/optimum/hops.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/optimum/curvature.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/local_searches.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {
namespace {

/// Whether the objective hardly rises in some direction from the best minimum: along such a
/// direction searches may end together short of the minimum.
bool is_flat_in_a_direction(const FitProblem& problem, const SearchResult& result) {
  constexpr double kFlat = 1e-7;
  if (result.minima.empty() || problem.loss().kinked()) return false;
  const Curvature curvature = curvature_at(problem, result.minima.front().z);
  return !curvature.coordinates.empty() && curvature.axes.values[0] < kFlat;
}

/// Local searches from around the best minimum: from its nonlinear parameters, each off by a random
/// factor, with the linear ones solved; from the new one where that is lower, until many in a row
/// are not. Not `doubtful`: fewer, and other minima are not of interest.
void hop_around(const FitProblem& problem, bool doubtful, SearchResult& result) {
  constexpr int kMostHops = 200;
  const bool slow = !problem.loss().smooth();
  constexpr double kMostWork = 3e8;  // as work_of()
  constexpr double kWidths[] = {0.1, 0.3, 0.8, 1.6};
  const Structure& structure = result.structure;
  if (result.minima.empty()) return;
  // Of exact data every digit of the way down counts.
  constexpr double kNearlyPerfect = 1e10;
  const bool exact = result.minima.front().objective < kNearlyPerfect * perfect_objective(problem);
  const int for_all_axes = std::max(16, 5 * static_cast<int>(structure.nonlinear.size()));
  const int most_in_vain = doubtful || exact ? for_all_axes : slow ? 4 : 8;
  LinearSolver solver(problem, structure);
  Rng rng(25);
  int in_vain = 0;
  double spent = 0;
  std::vector<double> there(at(problem.n_parameters()));
  std::vector<bool> lost = without_way_back(problem, result);
  for (int hop = 0; hop < kMostHops && in_vain < most_in_vain && spent < kMostWork;
       ++hop, ++in_vain) {
    const Minimum& best = result.minima.front();
    const double before = best.objective;
    if (before <= perfect_objective(problem)) return;
    const std::vector<double> theta = problem.theta_at(best.z);
    std::vector<double> nonlinear;
    for (std::size_t k = 0; k < structure.nonlinear.size(); ++k) {
      const int c = structure.nonlinear[k];
      const auto [lower, upper] = natural_bounds(problem, c);
      double value = theta[at(problem.parameter_of(c))];
      if (hop % 2 == 1 && lost[k]) {
        value = structure.spans[k].at(rng.uniform());
      } else {
        value =
            (value == 0 ? 0.1 * rng.normal() : value) * std::exp(kWidths[hop % 4] * rng.normal());
      }
      nonlinear.push_back(std::clamp(value, lower, upper));
    }
    solver.solve(nonlinear.data(), 3, there.data());
    Minimum found = descend(problem, problem.coordinates_of(there),
                            {.max_iterations = 200, .useful_below = doubtful ? kInfinity : before});
    spent += work_of(problem, found.n_iterations + 1);
    if (is_lower(problem, found.objective, before)) {
      in_vain = 0;
      result.enough_searches = false;
      if (!found.converged) found = continued_with_profile(problem, structure, std::move(found));
    }
    add_distinct(result.minima, std::move(found));
    sort_by_objective(result.minima);
    if (in_vain == 0) lost = without_way_back(problem, result);
  }
}

}  // namespace

bool is_lower(const FitProblem& problem, double objective, double than) {
  return objective < than * (1 - 1e-6) - problem.rounding(than);
}

void hop_around_doubtful(const FitProblem& problem, bool agreed, SearchResult& result) {
  const std::size_t n_axes = result.structure.nonlinear.size();
  const bool many_axes = n_axes > kMostGridAxes;
  // With many points a kinked loss is nearly smooth.
  constexpr std::size_t kFewPoints = 256;
  const bool has_kinks =
      n_axes > 0 && problem.loss().kinked() && problem.points().size() <= kFewPoints;
  const bool doubtful = !result.enough_searches || has_kinks ||
                        (many_axes && (!agreed || any_without_way_back(problem, result)));
  // A loss that is minimized by continuation takes several times as long for each hop.
  constexpr int kConvincing = 3;
  const bool slow = !problem.loss().smooth();
  const bool convincing = slow && result.n_agreeing >= kConvincing;
  const bool maybe_short =
      n_axes > 1 && !many_axes && !convincing && is_flat_in_a_direction(problem, result);
  if (doubtful || maybe_short) hop_around(problem, doubtful, result);
}

}  // namespace rung
