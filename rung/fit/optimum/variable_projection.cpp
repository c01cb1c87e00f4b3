#include "rung/fit/optimum/variable_projection.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/linear_algebra.hpp"

namespace rung {
namespace {

constexpr double kLeastDamping = 1e-14;
constexpr double kMostDamping = 1e12;

/// The objective as a function of the outer coordinates, the inner ones at their optimum.
class ProfiledObjective {
 public:
  ProfiledObjective(const FitProblem& problem, const std::vector<int>& outer)
      : problem_(problem), outer_(outer), is_outer_(at(problem.n_free()), 0) {
    for (const int i : outer) is_outer_[at(i)] = 1;
  }

  /// Moves the inner coordinates of z to their optimum; the objective there.
  double minimize_inner(std::vector<double>& z) const {
    Minimum inner = minimize(
        problem_, z, {.max_iterations = 60, .start_damping = 1e-6, .fixed = is_outer_.data()});
    z = std::move(inner.z);
    return inner.objective;
  }

  /// Derivatives by the outer coordinates at a z whose inner coordinates are at their optimum.
  struct Derivatives {
    std::vector<double> gradient;
    Matrix hessian;
    std::vector<int> inner;  // inner coordinates strictly inside their bounds
    Matrix inner_slopes;     // of their optimum by the outer coordinates
  };
  Derivatives derivatives(const std::vector<double>& z) const {
    double g[kMaxParameters], m[kPacked];
    Packed h;
    problem_.derivatives(z.data(), {g, h.data, m});
    Derivatives result;
    for (int i = 0; i < problem_.n_free(); ++i) {
      const bool at_bound = z[at(i)] <= problem_.lower(i) || z[at(i)] >= problem_.upper(i);
      if (is_outer_[at(i)] == 0 && !at_bound) result.inner.push_back(i);
    }
    for (const int i : outer_) result.gradient.push_back(g[i]);
    result.hessian = h.block(outer_, outer_);
    if (result.inner.empty()) return result;
    const Matrix mixed = h.block(result.inner, outer_);
    result.inner_slopes = inner_slopes(h.block(result.inner, result.inner), mixed);
    add_scaled(1, transposed_product(mixed, result.inner_slopes), result.hessian);
    return result;
  }

 private:
  /// -inner^-1 mixed, scaled to a unit diagonal first: a scale whose term has a high power of
  /// counts is a hundred orders of magnitude from another, whatever both of them do.
  static Matrix inner_slopes(Matrix inner, Matrix mixed) {
    const std::size_t m = inner.n_rows, q = mixed.n_columns;
    std::vector<double> unit(m);
    for (std::size_t a = 0; a < m; ++a) unit[a] = inner(a, a) > 0 ? 1 / std::sqrt(inner(a, a)) : 1;
    for (std::size_t a = 0; a < m; ++a) {
      for (std::size_t b = 0; b < m; ++b) inner(a, b) *= unit[a] * unit[b];
      for (std::size_t b = 0; b < q; ++b) mixed(a, b) *= unit[a];
    }
    Matrix slopes = least_squares(inner, mixed).solution;
    for (std::size_t a = 0; a < m; ++a) {
      for (std::size_t b = 0; b < q; ++b) slopes(a, b) *= -unit[a];
    }
    return slopes;
  }

  static constexpr int kPacked = kMaxParameters * (kMaxParameters + 1) / 2;

  /// A symmetric matrix as its packed lower triangle.
  struct Packed {
    double data[kPacked];

    Matrix block(const std::vector<int>& rows, const std::vector<int>& columns) const {
      Matrix part(rows.size(), columns.size());
      for (std::size_t a = 0; a < rows.size(); ++a) {
        for (std::size_t b = 0; b < columns.size(); ++b) {
          const int r = rows[a], c = columns[b];
          part(a, b) = data[std::max(r, c) * (std::max(r, c) + 1) / 2 + std::min(r, c)];
        }
      }
      return part;
    }
  };

  const FitProblem& problem_;
  const std::vector<int>& outer_;
  std::vector<unsigned char> is_outer_;
};

/// Damped Newton on the profiled objective; see minimize_profiled().
class ProfiledDescent {
 public:
  ProfiledDescent(const FitProblem& problem, const std::vector<int>& outer,
                  const std::vector<double>& start)
      : problem_(problem), outer_(outer), profile_(problem, outer), z_(start) {
    objective_ = profile_.minimize_inner(z_);
  }

  Minimum run() {
    constexpr int kMaxIterations = 50;  // those that converge seldom take more
    Minimum minimum;
    Progress progress = Progress::moved;
    while (progress == Progress::moved && minimum.n_iterations++ < kMaxIterations &&
           objective_ < kInfinity)
      progress = advance();
    minimum.converged = progress == Progress::converged;
    minimum.z = z_;
    minimum.objective = objective_;
    return minimum;
  }

 private:
  enum class Progress { moved, converged, stuck };

  /// One step, with as much damping as lowers the objective.
  Progress advance() {
    const ProfiledObjective::Derivatives here = profile_.derivatives(z_);
    const std::vector<std::size_t> moving = inside_bounds(here.gradient);
    if (moving.empty()) return Progress::converged;
    const std::size_t m = moving.size();
    std::vector<double> downhill(m);
    Matrix hessian(m, m);
    for (std::size_t a = 0; a < m; ++a) {
      downhill[a] = -here.gradient[moving[a]];
      for (std::size_t b = 0; b < m; ++b) hessian(a, b) = here.hessian(moving[a], moving[b]);
    }
    double decrement = kInfinity;  // of the least damped step that could be computed
    for (; damping_ < kMostDamping; damping_ = std::max(6 * damping_, 1e-6)) {
      Matrix damped = hessian;
      for (std::size_t a = 0; a < m; ++a)
        damped(a, a) += damping_ * std::max(std::abs(hessian(a, a)), 1e-300);
      const std::optional<Matrix> factor = cholesky(damped);
      if (!factor) continue;
      const std::vector<double> step = cholesky_solve(*factor, downhill);
      if (damping_ <= 1e-2) decrement = std::min(decrement, dot(downhill, step));
      if (decrement <= 1e-14 * std::abs(objective_)) return Progress::converged;
      std::vector<double> trial = moved(here, moving, step);
      const double value = profile_.minimize_inner(trial);
      if (!(value < objective_)) continue;
      objective_ = value;
      z_ = trial;
      damping_ = std::max(damping_ * 0.1, kLeastDamping);
      return Progress::moved;
    }
    // The inner optimum, and so the objective that steps are judged by, is only known to rounding.
    return decrement <= 1e-10 * std::abs(objective_) ? Progress::converged : Progress::stuck;
  }

  /// Which outer coordinates have no active bound.
  std::vector<std::size_t> inside_bounds(const std::vector<double>& gradient) const {
    std::vector<std::size_t> moving;
    for (std::size_t a = 0; a < gradient.size(); ++a) {
      const int i = outer_[a];
      const bool active = (z_[at(i)] <= problem_.lower(i) && gradient[a] > 0) ||
                          (z_[at(i)] >= problem_.upper(i) && gradient[a] < 0);
      if (!active) moving.push_back(a);
    }
    return moving;
  }

  /// The outer coordinates after a step, with the inner ones where their optimum is to first order.
  std::vector<double> moved(const ProfiledObjective::Derivatives& here,
                            const std::vector<std::size_t>& moving,
                            const std::vector<double>& step) const {
    std::vector<double> trial = z_, move(here.gradient.size());
    for (std::size_t a = 0; a < moving.size(); ++a) {
      const int i = outer_[moving[a]];
      trial[at(i)] = clamped(i, z_[at(i)] + step[a]);
      move[moving[a]] = trial[at(i)] - z_[at(i)];
    }
    const std::vector<double> inner_move = product(here.inner_slopes, move);
    for (std::size_t a = 0; a < here.inner.size(); ++a) {
      const int i = here.inner[a];
      trial[at(i)] = clamped(i, z_[at(i)] + inner_move[a]);
    }
    return trial;
  }

  double clamped(int i, double z) const {
    return std::clamp(z, problem_.lower(i), problem_.upper(i));
  }

  const FitProblem& problem_;
  const std::vector<int>& outer_;
  ProfiledObjective profile_;
  std::vector<double> z_;
  double objective_ = kInfinity;
  double damping_ = 1e-3;
};

}  // namespace

Minimum minimize_profiled(const FitProblem& given, std::vector<double> start,
                          const std::vector<int>& outer) {
  const FitProblem problem = given.in_natural_scale();
  start = problem.coordinates_of(given.theta_at(start));
  Minimum minimum = ProfiledDescent(problem, outer, start).run();
  minimum.z = given.coordinates_of(problem.theta_at(minimum.z));
  // The profiled objective is known to the rounding of the inner optimum; Newton in all coordinates
  // makes the parameters as accurate as the objective allows.
  Minimum sharpened =
      minimize(given, minimum.z, {.max_iterations = 30, .start_damping = kLeastDamping});
  sharpened.n_iterations += minimum.n_iterations;
  const bool better = sharpened.converged || sharpened.objective < minimum.objective;
  return better ? sharpened : minimum;
}

}  // namespace rung
