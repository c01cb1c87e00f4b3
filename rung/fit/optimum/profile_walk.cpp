#include "rung/fit/optimum/profile_walk.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/hops.hpp"
#include "rung/fit/optimum/local_searches.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/thinned.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostPoints = 256;
constexpr double kMostWork = 5e7;  // as work_of(): under a second

class ProfileWalk {
 public:
  /// `work` counts on, and no step is taken past the most that is to be done.
  ProfileWalk(const FitProblem& problem, const Structure& structure, const Minimum& best,
              double& work)
      : problem_(problem), structure_(structure), best_(best), work_(work) {}

  void run() {
    for (const int coordinate : structure_.nonlinear) {
      walk(coordinate, 1);
      walk(coordinate, -1);
    }
  }

  /// Minima to which the walks led.
  const std::vector<Minimum>& found() const { return found_; }

 private:
  void walk(int coordinate, int direction) {
    constexpr double kNotFar = 2;  // times the best objective
    const int p = problem_.parameter_of(coordinate);
    std::vector<double> theta = problem_.theta_at(best_.z);
    const double far = kNotFar * best_.objective + perfect_objective(problem_);
    double last = best_.objective;
    bool rose = false;
    for (const double value : values_from(theta[at(p)], coordinate, direction)) {
      if (work_ > kMostWork) return;
      theta[at(p)] = value;
      const Minimum held = fitted_others(p, theta);
      if (!(held.objective < far)) return;
      const bool falls = is_lower(problem_, held.objective, last);
      if (is_lower(problem_, held.objective, best_.objective) || (falls && rose))
        set_free(problem_.coordinates_of(theta));
      rose = !falls && (rose || is_lower(problem_, last, held.objective));
      last = held.objective;
    }
  }

  /// Outwards, or inwards and, where the bounds allow it, across zero and out on the other side.
  std::vector<double> values_from(double value, int coordinate, int direction) const {
    // Logarithms of the factor by which the parameter is off; only basins of least squares are
    // wide.
    constexpr double kOffsets[] = {0.15, 0.4, 0.7, 1.1, 1.6, 2.2};
    const bool dense = !problem_.loss().smooth();
    const auto [lower, upper] = natural_bounds(problem_, coordinate);
    std::vector<double> factors;
    for (std::size_t i = dense ? 0 : 1; i < std::size(kOffsets); i += dense ? 1 : 2)
      factors.push_back(std::exp(direction * kOffsets[i]));
    if (direction < 0 && lower < 0 && upper > 0) {
      const std::vector<double> inwards = factors;
      for (auto factor = inwards.rbegin(); factor != inwards.rend(); ++factor)
        factors.push_back(-*factor);
      factors.push_back(-1);
      for (const double factor : inwards) factors.push_back(-1 / factor);
    }
    std::vector<double> values;
    double last = value;
    for (const double factor : factors) {
      const double next = std::clamp(factor * value, lower, upper);
      if (next == last) break;
      values.push_back(next);
      last = next;
    }
    return values;
  }

  /// The others at their best with the parameter held where theta has it; theta follows.
  Minimum fitted_others(int parameter, std::vector<double>& theta) {
    constexpr int kFewIterations = 20;
    constexpr double kRough = 1e-8;  // no more is needed to see it rise or fall
    const FitProblem held = problem_.with_fixed(parameter, theta[at(parameter)]);
    Minimum minimum =
        descend_nearby(held, held.coordinates_of(theta),
                       {.max_iterations = kFewIterations, .decrement_tolerance = kRough});
    count(minimum);
    theta = held.theta_at(minimum.z);
    return minimum;
  }

  void set_free(const std::vector<double>& z) {
    add(descend_from(problem_, structure_, z));
    if (problem_.loss().kinked()) add(descend_into_basin(problem_, z));
  }

  void add(Minimum minimum) {
    count(minimum);
    add_distinct(found_, std::move(minimum));
  }

  void count(const Minimum& minimum) { work_ += work_of(problem_, minimum.n_iterations + 1); }

  const FitProblem& problem_;
  const Structure& structure_;
  const Minimum& best_;
  std::vector<Minimum> found_;
  double& work_;
};

/// The best of the minima and, of a kinked loss, which has many, others that are not far above it.
std::vector<Minimum> to_walk_from(const FitProblem& problem, const std::vector<Minimum>& minima) {
  constexpr double kNotFar = 1.01;
  const std::size_t most = problem.loss().kinked() ? 3 : 1;
  std::vector<Minimum> good;
  for (const Minimum& minimum : minima) {
    if (good.size() == most || minimum.objective > kNotFar * minima.front().objective) break;
    good.push_back(minimum);
  }
  return good;
}

}  // namespace

void walk_along_profiles(const FitProblem& problem, SearchResult& result) {
  constexpr int kMostRounds = 4;
  double work = 0;
  const Points few = thinned(problem.points(), kMostPoints);
  const bool thin = few.size() < problem.points().size();
  const FitProblem sketch = problem.with_points(few);
  for (int round = 0; round < kMostRounds && !result.minima.empty(); ++round) {
    const double before = result.minima.front().objective;
    if (before <= perfect_objective(problem)) return;
    for (const Minimum& from : to_walk_from(problem, result.minima)) {
      const Minimum best = thin ? descend_nearby(sketch, from.z) : from;
      ProfileWalk walk(sketch, result.structure, best, work);
      walk.run();
      for (const Minimum& found : walk.found())
        add_distinct(result.minima, thin ? descend_nearby(problem, found.z) : found);
    }
    sort_by_objective(result.minima);
    if (!is_lower(problem, result.minima.front().objective, before)) return;
    result.enough_searches = false;
  }
}

}  // namespace rung
