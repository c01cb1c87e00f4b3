#include "rung/fit/trust.hpp"

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"

namespace rung {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Objectives this close are equal as far as rounding goes; below `floor` a fit is perfect.
constexpr double kSameObjective = 1e-9;

double perfect_objective(const FitProblem& problem) {
  const AlignedArray target = problem.points().transformed(problem.residual());
  double size = 0;
  for (std::size_t i = 0; i < problem.points().size(); ++i) size += problem.points().weight(i) * target[i] * target[i];
  return 1e-22 * size;
}

/// Eigenvalues and vectors of the Hessian at z, scaled to unit diagonal, in the coordinates strictly inside bounds.
struct Curvature {
  std::vector<int> coordinates;
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;  // in scaled coordinates
  Eigen::VectorXd scale;
};

Curvature curvature_at(const FitProblem& problem, const std::vector<double>& z) {
  const int n = problem.n_free();
  std::vector<double> gradient(at(n)), hessian(at(n * (n + 1) / 2));
  problem.derivatives(z.data(), gradient.data(), hessian.data(), nullptr, 1e-9);
  Curvature curvature;
  for (int c = 0; c < n; ++c) {
    if (z[at(c)] > problem.lower(c) && z[at(c)] < problem.upper(c)) curvature.coordinates.push_back(c);
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

bool outside_search(const FitProblem& problem, const SearchResult& search, const std::vector<double>& theta) {
  const std::vector<Span> spans = search_spans(problem, search.structure.nonlinear);
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
  return !curvature.coordinates.empty() && curvature.values(0) < kFlat * curvature.values(curvature.values.size() - 1);
}

/// The best fit with one parameter held at `theta_p`, from where the others stand.
Minimum with_held(const FitProblem& problem, int parameter, double theta_p, const std::vector<double>& theta) {
  const FitProblem held = problem.with_fixed(parameter, theta_p);
  const SearchResult search = global_search(held, {theta});
  Minimum minimum;
  minimum.objective = kInfinity;
  if (search.minima.empty()) return minimum;
  minimum = search.minima.front();
  minimum.z = problem.coordinates_of(held.theta_at(minimum.z));
  return minimum;
}

std::string limit_text(const FitProblem& problem, int parameter, bool up, const std::vector<double>& near,
                       const std::vector<double>& far) {
  std::vector<std::string> parts;
  const std::vector<ParameterInfo>& info = problem.law().info.parameters;
  parts.push_back(info[at(parameter)].name + (up ? " -> infinity" : " -> 0"));
  for (int p = 0; p < problem.n_parameters(); ++p) {
    if (p == parameter || problem.coordinate_of(p) < 0) continue;
    const double ratio = std::abs(far[at(p)]) / std::max(std::abs(near[at(p)]), 1e-300);
    if (ratio > 4) parts.push_back(info[at(p)].name + (far[at(p)] < 0 ? " -> -infinity" : " -> infinity"));
    if (ratio < 0.25) parts.push_back(info[at(p)].name + " -> 0");
  }
  return join(parts, ", ");
}

/// The law's own list of limits says it all: for least squares, without any bound.
bool limits_are_known(const FitProblem& problem) {
  const LossShape shape = problem.loss().shape(1e-3);
  bool bounded = problem.n_free() < problem.n_parameters();
  for (int c = 0; c < problem.n_free(); ++c) {
    bounded = bounded || problem.lower(c) > -kInfinity || problem.upper(c) < kInfinity;
  }
  return !problem.law().info.limits.empty() && !bounded && !problem.has_priors() &&
         problem.residual() == Residual::raw && shape.delta == kInfinity &&
         shape.weight_over == shape.weight_under;
}

/// The least sum of squares of a limit: a linear fit, centred for the constant.
double limit_objective(const FitProblem& problem, const LimitInfo& limit) {
  const Points& points = problem.points();
  const auto n = static_cast<Eigen::Index>(points.size());
  std::vector<std::vector<double>> inputs(points.n_inputs());
  Eigen::VectorXd y(n), root(n);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k].push_back(points.input(k, i));
    root(static_cast<Eigen::Index>(i)) = std::sqrt(points.weight(i));
    y(static_cast<Eigen::Index>(i)) = points.y(i);
  }
  const std::vector<std::vector<double>> columns = limit.columns(inputs);
  Eigen::MatrixXd design(n, static_cast<Eigen::Index>(columns.size()) + 1);
  design.col(0).setOnes();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    design.col(static_cast<Eigen::Index>(c) + 1) = Eigen::Map<const Eigen::VectorXd>(columns[c].data(), n);
  }
  design = root.asDiagonal() * design;
  y = y.cwiseProduct(root);
  return (design * design.colPivHouseholderQr().solve(y) - y).squaredNorm();
}

/// The limit that fits best, where it fits no worse than the best finite parameters.
Escape escape_to_limit(const FitProblem& problem, const SearchResult& search) {
  Escape escape;
  const Minimum& best = search.minima.front();
  double lowest = best.objective * (1 + kSameObjective);
  for (const LimitInfo& limit : problem.law().info.limits) {
    const double objective = limit_objective(problem, limit);
    if (objective > lowest) continue;
    lowest = objective;
    escape = {best, problem.parameter_of(search.structure.nonlinear.front()), limit.towards};
  }
  return escape;
}

/// A step outwards lowers the objective, or keeps it within rounding.
bool no_higher(double f, double than) { return f <= than * (1 + kSameObjective); }

}  // namespace

Escape find_escape(const FitProblem& problem, const SearchResult& search) {
  Escape escape;
  const Minimum& best = search.minima.front();
  if (best.objective <= perfect_objective(problem)) return escape;
  if (limits_are_known(problem)) return escape_to_limit(problem, search);
  if (!suspicious(problem, search)) return escape;
  const std::vector<double> theta = problem.theta_at(best.z);
  double lowest = best.objective;
  for (const int coordinate : search.structure.nonlinear) {
    const int p = problem.parameter_of(coordinate);
    for (const bool up : {false, true}) {
      std::vector<double> near, from = theta;
      double last = best.objective;
      Minimum far;
      bool falling = true;
      for (const double factor : {10.0, 100.0, 1000.0}) {
        const double held = up ? theta[at(p)] * factor : theta[at(p)] / factor;
        const double z = problem.of_log(p) ? std::log(held) : held;
        if (held == 0 || z < problem.lower(coordinate) || z > problem.upper(coordinate)) falling = false;
        if (!falling) break;
        far = with_held(problem, p, held, from);
        falling = no_higher(far.objective, last);
        last = far.objective;
        if (falling) from = problem.theta_at(far.z);
        if (near.empty()) near = from;
      }
      if (!falling || (escape.parameter >= 0 && !(far.objective < lowest))) continue;
      lowest = std::min(lowest, far.objective);
      escape = {far, p, limit_text(problem, p, up, near, problem.theta_at(far.z))};
    }
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
    for (std::size_t k = 0; k < n_inputs; ++k) largest[k] = std::max(largest[k], points.input(k, i));
  }
  for (std::size_t row = 0; row <= n_inputs; ++row) {
    std::vector<double> inputs = largest;
    for (std::size_t k = 0; k < n_inputs; ++k) {
      if (row != n_inputs && row != k) continue;
      inputs[k] = problem.law().info.inputs[k].positive ? 10 * inputs[k] : inputs[k] + std::abs(inputs[k]);
    }
    probes.set(row, inputs, 1);
  }
  const std::vector<double> expected = problem.predict(problem.theta_at(best.z), probes);
  const auto predicts_differently = [&](const std::vector<double>& theta) {
    constexpr double kSamePrediction = 1e-4;
    const std::vector<double> f = problem.predict(theta, probes);
    for (std::size_t i = 0; i < f.size(); ++i) {
      if (!(std::abs(f[i] - expected[i]) <= kSamePrediction * (std::abs(expected[i]) + 1e-12))) return true;
    }
    return false;
  };

  std::vector<Alternative> alternatives;
  const auto consider = [&](const Minimum& other) {
    const std::vector<double> theta = problem.theta_at(other.z);
    if (other.objective <= level && predicts_differently(theta)) alternatives.push_back({theta, other.objective});
  };
  for (std::size_t i = 1; i < search.minima.size(); ++i) consider(search.minima[i]);
  const Curvature curvature = curvature_at(problem, best.z);
  if (curvature.coordinates.empty()) return alternatives;
  for (const double sign : {-1.0, 1.0}) {
    const Eigen::VectorXd direction = curvature.vectors.col(0).cwiseProduct(curvature.scale);
    double reach = kInfinity;
    for (std::size_t a = 0; a < curvature.coordinates.size(); ++a) {
      const double size = std::abs(direction(static_cast<Eigen::Index>(a)));
      if (size > 0) reach = std::min(reach, 0.3 * (1 + std::abs(best.z[at(curvature.coordinates[a])])) / size);
    }
    std::vector<double> start = best.z;
    for (std::size_t a = 0; a < curvature.coordinates.size(); ++a) {
      start[at(curvature.coordinates[a])] += sign * reach * direction(static_cast<Eigen::Index>(a));
    }
    consider(minimize(problem, start));
  }
  return alternatives;
}

}  // namespace rung
