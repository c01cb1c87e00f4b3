#include "rung/fit/optimum/alternatives.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/index.hpp"
#include "rung/fit/optimum/curvature.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/linear_solver.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/probes.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {
namespace {

Points with_observations(const Points& points, const std::vector<double>& y) {
  Points changed(points.n_inputs(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    changed.set(i, points.inputs(i), y[i], points.weight(i));
  return changed;
}

constexpr double kReach = 0.3;  // of a coordinate's size
constexpr double kFlat = 1e-7;  // a curvature, where the greatest is about 1

double flattest(const Curvature& curvature, std::size_t a) {
  return curvature.axes.vectors(0, a) * curvature.scale[a];
}

/// z moved along the flattest direction.
std::vector<double> moved(std::vector<double> z, const Curvature& curvature, double step) {
  for (std::size_t a = 0; a < curvature.coordinates.size(); ++a)
    z[at(curvature.coordinates[a])] += step * flattest(curvature, a);
  return z;
}

/// How far to go along the flattest direction: until a coordinate has changed by a third.
double reach(const std::vector<double>& z, const Curvature& curvature) {
  double reach = kInfinity;
  for (std::size_t a = 0; a < curvature.coordinates.size(); ++a) {
    const double size = std::abs(flattest(curvature, a));
    if (size > 0)
      reach = std::min(reach, kReach * (1 + std::abs(z[at(curvature.coordinates[a])])) / size);
  }
  return reach;
}

/// The search for alternatives; see find_alternatives().
class Alternatives {
 public:
  Alternatives(const FitProblem& problem, const SearchResult& search, const Minimum& best)
      : problem_(problem),
        search_(search),
        best_(best),
        perfect_(perfect_objective(problem)),
        probes_(probes_of(problem)),
        expected_(problem.predict(problem.theta_at(best_.z), probes_)) {}

  std::vector<Alternative> find() {
    for (std::size_t i = 1; i < search_.minima.size(); ++i) consider(search_.minima[i]);
    consider_exchanges();
    const Curvature curvature = curvature_at(problem_, best_.z);
    const bool flat = !curvature.coordinates.empty() && curvature.axes.values.front() < kFlat;
    for (int c = 0; c < problem_.n_free(); ++c) {
      for (const std::vector<double>& theta : moved_inside(c, flat))
        consider_inside(problem_.parameter_of(c), theta);
    }
    if (curvature.coordinates.empty() || is_unique(curvature)) return alternatives_;
    for (const double sign : {-1.0, 1.0}) {
      if (flat) consider_held(curvature, sign);
      const std::vector<double> z = moved(best_.z, curvature, sign * reach(best_.z, curvature));
      if (is_redundant(curvature) || !leads_back(z)) consider(descend_nearby(problem_, z));
    }
    return alternatives_;
  }

  std::vector<Alternative> find_far_out() {
    for (const Minimum& minimum : search_.minima) consider(minimum);
    consider_exchanges();
    return alternatives_;
  }

 private:
  /// The greatest objective that counts as equal to the best.
  double level(double share) const { return std::max(best_.objective * (1 + share), perfect_); }
  static constexpr double kSameConverged = 1e-6;

  bool predicts_differently(const std::vector<double>& theta) const {
    return predict_differently(problem_.predict(theta, probes_), expected_);
  }

  /// A search that stopped before it converged has found another answer only if its objective
  /// already equals the best.
  void consider(const Minimum& other) {
    const std::vector<double> theta = problem_.theta_at(other.z);
    if (other.objective <= level(other.converged ? kSameConverged : kSameObjective) &&
        predicts_differently(theta))
      alternatives_.push_back({theta, other.objective});
  }

  /// Where the objective rises so slowly that predictions differ before it has.
  void consider_level(const Minimum& level) {
    constexpr double kHardlyHigher = 1e-8, kMuch = 3e-3;
    const std::vector<double> theta = problem_.theta_at(level.z);
    if (level.objective <= std::max(best_.objective * (1 + kHardlyHigher), perfect_) &&
        predict_differently(problem_.predict(theta, probes_), expected_, kMuch))
      alternatives_.push_back({theta, level.objective});
  }

  /// A minimum of the problem with a parameter held, in the coordinates of the problem itself. Its
  /// objective is found again: a value held beyond its bounds comes back to them.
  Minimum unheld(const FitProblem& held, Minimum found) const {
    found.z = problem_.coordinates_of(held.theta_at(found.z));
    found.objective = problem_.objective(found.z.data());
    return found;
  }

  /// Along a curved valley: the nonlinear parameter held that moves most along the flattest
  /// direction, the others fitted again.
  void consider_held(const Curvature& curvature, double sign) {
    const std::vector<double> z = moved(best_.z, curvature, sign * reach(best_.z, curvature) / 2);
    int moves_most = -1;
    double most = 0;
    for (const int c : search_.structure.nonlinear) {
      const double by = std::abs(z[at(c)] - best_.z[at(c)]) / (1 + std::abs(best_.z[at(c)]));
      if (by > most) moves_most = c, most = by;
    }
    if (moves_most < 0) return;
    const std::vector<double> theta = problem_.theta_at(z);
    const int p = problem_.parameter_of(moves_most);
    const FitProblem held = problem_.with_fixed(p, theta[at(p)]);
    consider_level(unheld(held, descend_nearby(held, held.coordinates_of(theta))));
  }

  /// The best minimum with the values of two nonlinear parameters exchanged and the linear ones
  /// such that the points' predictions stay: where inputs go along with each other, two terms can
  /// take each other's place.
  void consider_exchanges() {
    const Structure& structure = search_.structure;
    const std::size_t q = structure.nonlinear.size();
    if (q < 2 || problem_.points().n_inputs() < 2) return;
    std::vector<double> theta = problem_.theta_at(best_.z), nonlinear;
    const std::vector<double> f = problem_.predict(theta, problem_.points());
    for (const int c : structure.nonlinear)
      nonlinear.push_back(theta[at(problem_.parameter_of(c))]);
    const Points same = with_observations(problem_.points(), f);
    const FitProblem predictions = problem_.with_points(same).with_loss({});
    LinearSolver solver(predictions, structure);
    for (std::size_t j = 0; j < q; ++j) {
      for (std::size_t k = 0; k < j; ++k) {
        std::vector<double> exchanged = nonlinear;
        std::swap(exchanged[j], exchanged[k]);
        if (!may_be(structure.nonlinear[j], exchanged[j]) ||
            !may_be(structure.nonlinear[k], exchanged[k]))
          continue;
        solver.solve(exchanged.data(), 3, theta.data());
        const std::vector<double> z = problem_.coordinates_of(theta);
        consider({.z = z, .objective = problem_.objective(z.data()), .converged = true});
      }
    }
  }
  bool may_be(int coordinate, double value) const {
    const auto [lower, upper] = natural_bounds(problem_, coordinate);
    return lower <= value && value <= upper;
  }

  /// How far predictions move where a parameter is doubled, as a share of them.
  double effect_of_doubling(const std::vector<double>& theta, int parameter) const {
    return change(problem_.predict(theta, problem_.points()), doubled(theta, {parameter}));
  }

  double change(const std::vector<double>& before, const std::vector<double>& theta) const {
    const std::vector<double> after = problem_.predict(theta, problem_.points());
    double size = 0, moved = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      size += std::abs(before[i]);
      moved += std::abs(after[i] - before[i]);
    }
    return moved / size;
  }

  /// theta with a scale of the size that changes predictions by a tenth, if there is one.
  std::optional<std::vector<double>> with_noticeable(int scale, std::vector<double> theta) const {
    constexpr double kShare = 0.1, kSeen = 1e-6, kMost = 1e100;
    const double before = theta[at(scale)];
    theta[at(scale)] = 0;
    const std::vector<double> without = problem_.predict(theta, problem_.points());
    for (double size = 1; size < kMost; size *= 1e6) {
      theta[at(scale)] = size;
      const double share = change(without, theta);
      if (!std::isfinite(share)) return {};
      if (!(share > kSeen)) continue;
      const double noticeable = std::copysign(kShare / share * size, before);
      for (const double value : {noticeable, -noticeable}) {
        if (!may_be(problem_.coordinate_of(scale), value)) continue;
        theta[at(scale)] = value;
        return theta;
      }
      return {};
    }
    return {};
  }

  /// The best fit with a scale that hardly matters made to: with the nonlinear parameters as they
  /// are, and with those at typical values that hardly matter either.
  std::vector<std::vector<double>> with_noticeable_scale(int scale) const {
    constexpr double kHardly = 1e-3;
    std::vector<std::vector<double>> starts;
    std::vector<double> theta = problem_.theta_at(best_.z);
    if (auto start = with_noticeable(scale, theta)) starts.push_back(std::move(*start));
    const std::vector<double> found = theta;
    for (const int c : search_.structure.nonlinear) {
      const int p = problem_.parameter_of(c);
      if (effect_of_doubling(found, p) < kHardly)
        theta[at(p)] = problem_.law().info.parameters[at(p)].typical;
    }
    if (theta == found) return starts;
    if (auto start = with_noticeable(scale, theta)) starts.push_back(std::move(*start));
    return starts;
  }

  bool is_scale(int coordinate) const {
    const std::vector<int>& linear = search_.structure.linear;
    return problem_.of_log(problem_.parameter_of(coordinate)) ||
           std::find(linear.begin(), linear.end(), coordinate) != linear.end();
  }

  /// The best fit with a coordinate away from a bound on which it lies, or with a scale that hardly
  /// matters made to: others may make up for it, so that nothing holds it there.
  std::vector<std::vector<double>> moved_inside(int coordinate, bool flat) const {
    constexpr double kHardly = 0.05;
    const int p = problem_.parameter_of(coordinate);
    const double z = best_.z[at(coordinate)], lower = problem_.lower(coordinate),
                 upper = problem_.upper(coordinate);
    const bool inside = z > lower && z < upper && !problem_.underflows(p, z);
    std::vector<double> theta = problem_.theta_at(best_.z);
    if (is_scale(coordinate)) {
      const double effect = inside ? effect_of_doubling(theta, p) : 0;
      const bool held = effect == 0 || (flat && effect < kHardly);
      return held ? with_noticeable_scale(p) : std::vector<std::vector<double>>{};
    }
    if (inside) return {};
    const double step = kReach * (1 + std::abs(z));
    theta[at(p)] = z <= lower ? std::min(z + step, upper) : std::max(z - step, lower);
    return {theta};
  }

  /// Looks from there, and further along the flattest direction.
  void consider_inside(int parameter, const std::vector<double>& theta) {
    const FitProblem fixed = problem_.with_fixed(parameter, theta[at(parameter)]);
    const auto descended = [&](const std::vector<double>& start) {
      Minimum found = descend_nearby(fixed, start, {.useful_below = level(kSameConverged)});
      consider(unheld(fixed, found));
      return found;
    };
    const Minimum here = descended(fixed.coordinates_of(theta));
    if (here.objective > level(kSameConverged)) return;
    const Curvature curvature = curvature_at(fixed, here.z);
    if (curvature.coordinates.empty()) return;
    // A scale that is nearly zero has to go far until it matters.
    for (const double times : {-4, -1, 1, 4})
      descended(moved(here.z, curvature, times * reach(here.z, curvature)));
  }

  /// Where all local minima are known, and within the ellipsoid in which the objective equals the
  /// best, by its curvature, all predictions agree, nothing is left to look for.
  bool is_unique(const Curvature& curvature) const {
    constexpr double kMargin = 10;  // the objective is not exactly a parabola
    const double least = curvature.axes.values.front();
    if (!search_.exhaustive || !best_.converged || !(least > 0) || problem_.loss().kinked())
      return false;
    const double rise = std::max(level(kSameConverged) - best_.objective, 0.0);
    const double step = kMargin * std::sqrt(2 * rise / least);
    return !predicts_differently(problem_.theta_at(moved(best_.z, curvature, step))) &&
           !predicts_differently(problem_.theta_at(moved(best_.z, curvature, -step)));
  }

  /// Whether parameters make up for each other exactly, the nonlinear one at its place.
  static bool is_redundant(const Curvature& curvature) {
    constexpr double kRounding = 1e-12;
    return curvature.axes.values.front() < kRounding * curvature.axes.values.back();
  }

  /// Whether, with a single nonlinear parameter, whose minima are all known, the least objective at
  /// its value in z falls towards the best minimum.
  bool leads_back(const std::vector<double>& z) const {
    const Structure& structure = search_.structure;
    if (structure.nonlinear.size() != 1 || !best_.converged || problem_.has_priors()) return false;
    LinearSolver solver(problem_, structure);
    if (!solver.exact()) return false;
    const auto value = [&](const std::vector<double>& at_z) {
      return problem_.theta_at(at_z)[at(problem_.parameter_of(structure.nonlinear.front()))];
    };
    const double there = value(z), here = value(best_.z);
    std::vector<double> theta(at(problem_.n_parameters()));
    const double slope = solver.slope(there, theta.data());
    return there < here ? slope < 0 : there > here && slope > 0;
  }

  const FitProblem& problem_;
  const SearchResult& search_;
  const Minimum& best_;
  double perfect_;
  Points probes_;
  std::vector<double> expected_;
  std::vector<Alternative> alternatives_;
};

}  // namespace

std::vector<Alternative> find_alternatives(const FitProblem& problem, const SearchResult& search) {
  return Alternatives(problem, search, search.minima.front()).find();
}

std::vector<Alternative> find_alternatives_far_out(const FitProblem& problem,
                                                   const SearchResult& search,
                                                   const Minimum& far_out) {
  return Alternatives(problem, search, far_out).find_far_out();
}

}  // namespace rung
