#include "rung/fit/optimum/optimality.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/limits.hpp"

namespace rung {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Objectives this close are equal as far as rounding goes; below `floor` a fit is perfect.
constexpr double kSameObjective = 1e-9;

double perfect_objective(const FitProblem& problem) {
  const AlignedArray target = problem.points().transformed(problem.residual());
  double size = 0;
  for (std::size_t i = 0; i < problem.points().size(); ++i)
    size += problem.points().weight(i) * target[i] * target[i];
  return 1e-22 * size;
}

/// Eigenvalues and vectors of the Hessian at z, scaled to unit diagonal, in the coordinates
/// strictly inside bounds.
struct Curvature {
  std::vector<int> coordinates;
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;  // in scaled coordinates
  Eigen::VectorXd scale;
};

Curvature curvature_at(const FitProblem& problem, const std::vector<double>& z) {
  const int n = problem.n_free();
  std::vector<double> gradient(at(n)), hessian(at(n * (n + 1) / 2)), metric(hessian);
  // A kinked loss has no curvature but at its kinks: it is taken where half of the residuals lie
  // inside the corner.
  const double corner = problem.loss().kinked() ? median_residual(problem, z) : 0;
  problem.derivatives(z.data(), {gradient.data(), hessian.data(), metric.data()}, nullptr, corner);
  Curvature curvature;
  for (int c = 0; c < n; ++c) {
    if (z[at(c)] > problem.lower(c) && z[at(c)] < problem.upper(c))
      curvature.coordinates.push_back(c);
  }
  const auto m = static_cast<Eigen::Index>(curvature.coordinates.size());
  Eigen::MatrixXd matrix(m, m);
  curvature.scale.resize(m);
  for (Eigen::Index a = 0; a < m; ++a) {
    const int i = curvature.coordinates[static_cast<std::size_t>(a)];
    const double diagonal = std::abs(hessian[at(i * (i + 1) / 2 + i)]);
    curvature.scale(a) = diagonal > 0 ? 1 / std::sqrt(diagonal) : 1;
  }
  for (Eigen::Index a = 0; a < m; ++a) {
    for (Eigen::Index b = 0; b < m; ++b) {
      const int i = curvature.coordinates[static_cast<std::size_t>(std::max(a, b))];
      const int j = curvature.coordinates[static_cast<std::size_t>(std::min(a, b))];
      matrix(a, b) = hessian[at(i * (i + 1) / 2 + j)] * curvature.scale(a) * curvature.scale(b);
    }
  }
  if (m == 0 || !matrix.allFinite()) {
    curvature.coordinates.clear();
    return curvature;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  curvature.values = solver.eigenvalues();
  curvature.vectors = solver.eigenvectors();
  return curvature;
}

bool outside_search(const FitProblem& problem, const SearchResult& search,
                    const std::vector<double>& theta) {
  const std::vector<SearchSpan> spans = search_spans(problem, search.structure.nonlinear);
  for (std::size_t k = 0; k < spans.size(); ++k) {
    const double value = theta[at(problem.parameter_of(search.structure.nonlinear[k]))];
    if (value < spans[k].low || value > spans[k].high) return true;
  }
  return false;
}

bool suspicious(const FitProblem& problem, const SearchResult& search) {
  const Minimum& best = search.minima.front();
  if (!best.converged || outside_search(problem, search, problem.theta_at(best.z))) return true;
  const Curvature curvature = curvature_at(problem, best.z);
  constexpr double kFlat = 1e-7;
  return !curvature.coordinates.empty() &&
         curvature.values(0) < kFlat * curvature.values(curvature.values.size() - 1);
}

/// The bottom below a place that is near it: only kinks have to be crossed by ever narrower
/// corners.
Minimum descend_from_near(const FitProblem& problem, const std::vector<double>& z,
                          const MinimizeOptions& options = {}) {
  return problem.loss().kinked() ? descend(problem, z, options) : minimize(problem, z, options);
}

/// A fit with some parameters held that is no higher than `level`, if there is one: from `theta`
/// or, where that leads nowhere, from a search of its own.
Minimum with_held(const FitProblem& problem, const std::vector<int>& parameters,
                  const std::vector<double>& theta, double level) {
  FitProblem held = problem;
  for (const int p : parameters) held = held.with_fixed(p, theta[at(p)]);
  Minimum minimum = descend_from_near(held, held.coordinates_of(theta), {.useful_below = level});
  if (!(minimum.objective <= level)) {
    const SearchResult search = global_search(held, {theta}, {Mesh::coarse, level});
    minimum.objective = kInfinity;
    if (search.minima.empty()) return minimum;
    minimum = search.minima.front();
  }
  minimum.z = problem.coordinates_of(held.theta_at(minimum.z));
  return minimum;
}

/// A parameter on its way to a limit.
struct Running {
  int parameter;
  const char* limit;
};

/// Those that are pushed, and those that went far with them.
std::vector<Running> running(const FitProblem& problem, const std::vector<int>& pushed, bool up,
                             const std::vector<double>& near, const std::vector<double>& far) {
  std::vector<Running> all;
  for (const int p : pushed) all.push_back({p, up ? "infinity" : "0"});
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const bool held = std::find(pushed.begin(), pushed.end(), p) != pushed.end();
    if (held || problem.coordinate_of(p) < 0) continue;
    const double ratio = std::abs(far[at(p)]) / std::max(std::abs(near[at(p)]), 1e-300);
    if (ratio > 4) all.push_back({p, far[at(p)] < 0 ? "-infinity" : "infinity"});
    if (ratio < 0.25) all.push_back({p, "0"});
  }
  return all;
}

/// Parameters to push out together, and which way.
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

/// A parameter already lies beyond the end of the search range that the direction leads away from:
/// the way out from there is the other one.
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
  // A settled minimum is a way to infinity only if what lies beyond it is no higher.
  if (search.minima.front().converged && outwards.back() < 10) outwards.push_back(10);
  std::sort(outwards.begin(), outwards.end());
  if (!direction.up) {
    for (double& factor : outwards) factor = 1 / factor;
  }
  return outwards;
}

/// Looks outwards along a direction; absent where the objective rises on the way.
std::optional<Escape> escape_along(const FitProblem& problem, const SearchResult& search,
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
      if (from[at(p)] == 0 || problem.is_nothing(p, z) || outside) return std::nullopt;
    }
    const double level = far.objective * (1 + kSameObjective);
    const Minimum next = factor == 1 ? best : with_held(problem, direction.parameters, from, level);
    if (!(next.objective <= level)) return std::nullopt;
    far = next;
    from = problem.theta_at(far.z);
    if (near.empty()) near = from;
  }
  Escape escape{.furthest = far};
  std::vector<std::string> parts;
  for (const Running& one : running(problem, direction.parameters, direction.up, near, from)) {
    escape.running.push_back(one.parameter);
    parts.push_back(problem.law().info.parameters[at(one.parameter)].name + " -> " + one.limit);
  }
  escape.towards = join(parts, ", ");
  return escape;
}

}  // namespace

Escape find_escape(const FitProblem& problem, const SearchResult& search, int n_threads) {
  const Minimum& best = search.minima.front();
  Escape escape;
  if (limits_are_known(problem)) {
    const std::string limit = better_limit(
        problem, std::max(best.objective * (1 + kSameObjective), perfect_objective(problem)));
    if (!limit.empty()) escape = {best, limit};
    return escape;
  }
  if (best.objective <= perfect_objective(problem) || !suspicious(problem, search)) return escape;
  for (const Direction& direction : joint_directions(problem, search, problem.theta_at(best.z))) {
    if (const auto found = escape_along(problem, search, direction)) return *found;
  }
  const std::vector<Direction> directions = single_directions(problem, search);
  std::vector<std::optional<Escape>> found(directions.size());
  parallel_for(directions.size(), n_threads,
               [&](std::size_t i) { found[i] = escape_along(problem, search, directions[i]); });
  for (const std::optional<Escape>& one : found) {
    if (one && (escape.towards.empty() || one->furthest.objective < escape.furthest.objective))
      escape = *one;
  }
  return escape;
}

std::vector<Alternative> find_alternatives(const FitProblem& problem, const SearchResult& search) {
  const Minimum& best = search.minima.front();
  const double level = std::max(best.objective * (1 + 1e-6), perfect_objective(problem));

  // Where predictions are compared: ten times the largest inputs, each alone and all together.
  const Points& points = problem.points();
  const std::size_t n_inputs = points.n_inputs();
  Points probes(n_inputs, n_inputs + 1);
  std::vector<double> largest(n_inputs, -kInfinity);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < n_inputs; ++k)
      largest[k] = std::max(largest[k], points.input(k, i));
  }
  for (std::size_t row = 0; row <= n_inputs; ++row) {
    std::vector<double> inputs = largest;
    for (std::size_t k = 0; k < n_inputs; ++k) {
      if (row != n_inputs && row != k) continue;
      inputs[k] =
          problem.law().info.inputs[k].positive ? 10 * inputs[k] : inputs[k] + std::abs(inputs[k]);
    }
    probes.set(row, inputs, 1);
  }
  const std::vector<double> expected = problem.predict(problem.theta_at(best.z), probes);
  const auto predicts_differently = [&](const std::vector<double>& theta) {
    constexpr double kSamePrediction = 1e-4;
    const std::vector<double> f = problem.predict(theta, probes);
    for (std::size_t i = 0; i < f.size(); ++i) {
      if (!(std::abs(f[i] - expected[i]) <= kSamePrediction * (std::abs(expected[i]) + 1e-12)))
        return true;
    }
    return false;
  };

  std::vector<Alternative> alternatives;
  // What stopped on the way down is another answer only if there is nothing left to gain.
  const double level_unsettled =
      std::max(best.objective * (1 + kSameObjective), perfect_objective(problem));
  const auto consider = [&](const Minimum& other) {
    const std::vector<double> theta = problem.theta_at(other.z);
    if (other.objective <= (other.converged ? level : level_unsettled) &&
        predicts_differently(theta))
      alternatives.push_back({theta, other.objective});
  };
  for (std::size_t i = 1; i < search.minima.size(); ++i) consider(search.minima[i]);
  const Curvature curvature = curvature_at(problem, best.z);
  if (curvature.coordinates.empty()) return alternatives;
  const Eigen::VectorXd direction = curvature.vectors.col(0).cwiseProduct(curvature.scale);
  // Where every valley is known, only a floor that is flat by its own curvature can hide another
  // answer.
  const auto moved_along = [&](double step) {
    std::vector<double> z = best.z;
    for (std::size_t a = 0; a < curvature.coordinates.size(); ++a) {
      z[at(curvature.coordinates[a])] += step * direction(static_cast<Eigen::Index>(a));
    }
    return z;
  };
  if (search.exhaustive && best.converged && curvature.values(0) > 0 && !problem.loss().kinked()) {
    constexpr double kMargin = 10;  // the floor is not exactly a parabola
    const double step =
        kMargin * std::sqrt(2 * std::max(level - best.objective, 0.0) / curvature.values(0));
    if (!predicts_differently(problem.theta_at(moved_along(step))) &&
        !predicts_differently(problem.theta_at(moved_along(-step)))) {
      return alternatives;
    }
  }
  for (const double sign : {-1.0, 1.0}) {
    double reach = kInfinity;
    for (std::size_t a = 0; a < curvature.coordinates.size(); ++a) {
      const double size = std::abs(direction(static_cast<Eigen::Index>(a)));
      if (size > 0)
        reach = std::min(reach, 0.3 * (1 + std::abs(best.z[at(curvature.coordinates[a])])) / size);
    }
    consider(descend_from_near(problem, moved_along(sign * reach)));
  }
  return alternatives;
}

}  // namespace rung
