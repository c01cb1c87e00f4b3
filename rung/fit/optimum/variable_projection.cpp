#include "rung/fit/optimum/variable_projection.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/eigen.hpp"

namespace rung {
namespace {

constexpr double kLeastDamping = 1e-14;
constexpr double kMostDamping = 1e12;

Eigen::Index size_of(const std::vector<int>& indices) {
  return static_cast<Eigen::Index>(indices.size());
}

/// The objective as a function of the outer coordinates, the inner ones at their optimum.
class ProfiledObjective {
 public:
  ProfiledObjective(const FitProblem& problem, const std::vector<int>& outer)
      : problem_(problem), outer_(outer), is_outer_(static_cast<std::size_t>(problem.n_free()), 0) {
    for (const int i : outer) is_outer_[static_cast<std::size_t>(i)] = 1;
  }

  /// Moves the inner coordinates of z to their optimum; the objective there.
  double minimize_inner(Eigen::VectorXd& z) const {
    const Minimum inner =
        minimize(problem_, {z.data(), z.data() + z.size()},
                 {.max_iterations = 60, .start_damping = 1e-6, .fixed = is_outer_.data()});
    z = Eigen::Map<const Eigen::VectorXd>(inner.z.data(), z.size());
    return inner.objective;
  }

  /// Derivatives by the outer coordinates at a z whose inner coordinates are at their optimum.
  struct Derivatives {
    Eigen::VectorXd gradient;
    Eigen::MatrixXd hessian;
    std::vector<int> inner;        // inner coordinates strictly inside their bounds
    Eigen::MatrixXd inner_slopes;  // of their optimum by the outer coordinates
  };
  Derivatives derivatives(const Eigen::VectorXd& z) const {
    double g[kMaxParameters], m[kPacked];
    Packed h;
    problem_.derivatives(z.data(), {g, h.data, m});
    Derivatives result;
    for (int i = 0; i < problem_.n_free(); ++i) {
      const bool at_bound = z(i) <= problem_.lower(i) || z(i) >= problem_.upper(i);
      if (is_outer_[static_cast<std::size_t>(i)] == 0 && !at_bound) result.inner.push_back(i);
    }
    result.gradient.resize(size_of(outer_));
    for (std::size_t a = 0; a < outer_.size(); ++a)
      result.gradient(static_cast<Eigen::Index>(a)) = g[outer_[a]];
    const Eigen::MatrixXd mixed = h.block(result.inner, outer_);
    result.inner_slopes = result.inner.empty()
                              ? Eigen::MatrixXd::Zero(0, result.gradient.size())
                              : Eigen::MatrixXd(-h.block(result.inner, result.inner)
                                                     .completeOrthogonalDecomposition()
                                                     .solve(mixed));
    result.hessian = h.block(outer_, outer_) + mixed.transpose() * result.inner_slopes;
    return result;
  }

 private:
  static constexpr int kPacked = kMaxParameters * (kMaxParameters + 1) / 2;

  /// A symmetric matrix as its packed lower triangle.
  struct Packed {
    double data[kPacked];

    Eigen::MatrixXd block(const std::vector<int>& rows, const std::vector<int>& columns) const {
      Eigen::MatrixXd part(size_of(rows), size_of(columns));
      for (Eigen::Index a = 0; a < part.rows(); ++a) {
        for (Eigen::Index b = 0; b < part.cols(); ++b) {
          const int r = rows[static_cast<std::size_t>(a)], c = columns[static_cast<std::size_t>(b)];
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
      : problem_(problem),
        outer_(outer),
        profile_(problem, outer),
        z_(Eigen::Map<const Eigen::VectorXd>(start.data(),
                                             static_cast<Eigen::Index>(start.size()))) {
    objective_ = profile_.minimize_inner(z_);
  }

  Minimum run() {
    constexpr int kMaxIterations = 100;
    Minimum minimum;
    Progress progress = Progress::moved;
    while (progress == Progress::moved && minimum.n_iterations++ < kMaxIterations &&
           objective_ < kInfinity)
      progress = advance();
    minimum.converged = progress == Progress::converged;
    minimum.z.assign(z_.data(), z_.data() + z_.size());
    minimum.objective = objective_;
    return minimum;
  }

 private:
  enum class Progress { moved, converged, stuck };

  /// One step, with as much damping as lowers the objective.
  Progress advance() {
    const ProfiledObjective::Derivatives at = profile_.derivatives(z_);
    const std::vector<Eigen::Index> moving = inside_bounds(at.gradient);
    if (moving.empty()) return Progress::converged;
    const Eigen::VectorXd gradient = at.gradient(moving);
    const Eigen::VectorXd scale =
        at.hessian(moving, moving).diagonal().cwiseAbs().cwiseMax(1e-300).cwiseSqrt();
    double decrement = kInfinity;  // of the least damped step that could be computed
    for (; damping_ < kMostDamping; damping_ = std::max(6 * damping_, 1e-6)) {
      Eigen::MatrixXd damped = at.hessian(moving, moving);
      damped.diagonal() += damping_ * scale.cwiseAbs2();
      const Eigen::LLT<Eigen::MatrixXd> factor(damped);
      if (factor.info() != Eigen::Success) continue;
      const Eigen::VectorXd step = -factor.solve(gradient);
      if (damping_ <= 1e-2) decrement = std::min(decrement, -gradient.dot(step));
      if (decrement <= 1e-14 * std::abs(objective_)) return Progress::converged;
      Eigen::VectorXd trial = moved(at, moving, step);
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
  std::vector<Eigen::Index> inside_bounds(const Eigen::VectorXd& gradient) const {
    std::vector<Eigen::Index> moving;
    for (Eigen::Index a = 0; a < gradient.size(); ++a) {
      const int i = outer_[static_cast<std::size_t>(a)];
      const bool active = (z_(i) <= problem_.lower(i) && gradient(a) > 0) ||
                          (z_(i) >= problem_.upper(i) && gradient(a) < 0);
      if (!active) moving.push_back(a);
    }
    return moving;
  }

  /// The outer coordinates after a step, with the inner ones where their optimum is to first order.
  Eigen::VectorXd moved(const ProfiledObjective::Derivatives& at,
                        const std::vector<Eigen::Index>& moving,
                        const Eigen::VectorXd& step) const {
    Eigen::VectorXd trial = z_, move = Eigen::VectorXd::Zero(at.gradient.size());
    for (std::size_t a = 0; a < moving.size(); ++a) {
      const int i = outer_[static_cast<std::size_t>(moving[a])];
      trial(i) = clamped(i, z_(i) + step(static_cast<Eigen::Index>(a)));
      move(moving[a]) = trial(i) - z_(i);
    }
    const Eigen::VectorXd inner_move = at.inner_slopes * move;
    for (std::size_t a = 0; a < at.inner.size(); ++a) {
      const int i = at.inner[a];
      trial(i) = clamped(i, z_(i) + inner_move(static_cast<Eigen::Index>(a)));
    }
    return trial;
  }

  double clamped(int i, double z) const {
    return std::clamp(z, problem_.lower(i), problem_.upper(i));
  }

  const FitProblem& problem_;
  const std::vector<int>& outer_;
  ProfiledObjective profile_;
  Eigen::VectorXd z_;
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
