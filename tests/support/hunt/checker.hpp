#pragma once
/// A second opinion on fits: an optimiser of its own that knows a law only by what it predicts.

#include <algorithm>
#include <cmath>
#include <vector>

#include "rung/core/linear_algebra.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/problem.hpp"

namespace rung::hunt {

/// The objective of a fit, computed from predictions alone.
class Objective {
 public:
  Objective(const Law& law, const Points& points, Loss loss, Residual residual)
      : law_(law), points_(points), loss_(loss), residual_(residual) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      target_.push_back(transformed(residual, points.y(i)));
      size_ += points.weight(i) * rho(1e-8 * std::abs(target_.back()), 0);
    }
  }

  const Law& law() const { return law_; }
  std::size_t n_points() const { return points_.size(); }
  const Points& points() const { return points_; }
  /// What an objective is to be told apart by: all residuals at 1e-8 of their observation.
  double least_difference() const { return size_; }

  /// t(f) - t(y); false where one does not exist.
  bool residuals(const std::vector<double>& theta, std::vector<double>& r) const {
    r = predict(law_, theta, points_);
    for (std::size_t i = 0; i < r.size(); ++i) {
      r[i] = transformed(residual_, r[i]) - target_[i];
      if (!std::isfinite(r[i])) return false;
    }
    return true;
  }

  /// The loss of one residual; kinks rounded within `huber_delta`.
  double rho(double r, double huber_delta) const {
    const double size = std::abs(r);
    const auto huber = [&](double delta) {
      return size <= delta ? r * r / 2 : delta * (size - delta / 2);
    };
    const auto kinked = [&] { return huber_delta > 0 ? huber(huber_delta) / huber_delta : size; };
    switch (loss_.kind) {
      case LossKind::squared:
        return r * r;
      case LossKind::huber:
        return huber(loss_.parameter);
      case LossKind::lad:
        return kinked();
      case LossKind::quantile:
        return (r > 0 ? 1 - loss_.parameter : loss_.parameter) * kinked();
      case LossKind::asymmetric:
      case LossKind::huber_auto:  // no case has it
      case LossKind::binomial:
        break;
    }
    return (r > 0 ? loss_.parameter : 1) * huber(1e-3);
  }

  /// rho'(r) / r, for reweighted least squares.
  double weight(double r, double huber_delta) const {
    const double size = std::abs(r);
    const auto huber = [&](double delta) { return size <= delta ? 1 : delta / size; };
    switch (loss_.kind) {
      case LossKind::squared:
        return 2;
      case LossKind::huber:
        return huber(loss_.parameter);
      case LossKind::lad:
        return huber(huber_delta) / huber_delta;
      case LossKind::quantile:
        return (r > 0 ? 1 - loss_.parameter : loss_.parameter) * huber(huber_delta) / huber_delta;
      case LossKind::asymmetric:
      case LossKind::huber_auto:  // no case has it
      case LossKind::binomial:
        break;
    }
    return (r > 0 ? loss_.parameter : 1) * huber(1e-3);
  }

  double of_residuals(const std::vector<double>& r, double huber_delta = 0) const {
    double total = 0;
    for (std::size_t i = 0; i < r.size(); ++i) total += points_.weight(i) * rho(r[i], huber_delta);
    return total;
  }
  double of(const std::vector<double>& theta) const {
    std::vector<double> r;
    return residuals(theta, r) ? of_residuals(r) : kInfinity;
  }

  bool kinked() const { return loss_.kind == LossKind::lad || loss_.kind == LossKind::quantile; }

 private:
  const Law& law_;
  const Points& points_;
  Loss loss_;
  Residual residual_;
  std::vector<double> target_;
  double size_ = 0;
};

/// Levenberg and Marquardt with finite differences, inside the law's bounds. Parameters that stay
/// positive move by their logarithm.
class Checker {
 public:
  struct Found {
    std::vector<double> theta;
    double objective = kInfinity;
  };

  explicit Checker(const Objective& objective) : objective_(objective) {}

  Found descend(std::vector<double> theta, int n_steps) const {
    clamp(theta);
    std::vector<double> r;
    if (!objective_.residuals(theta, r)) return {};
    if (!objective_.kinked()) {
      descend_at(0, n_steps, theta, r);
    } else {
      std::vector<double> sizes = r;
      for (double& size : sizes) size = std::abs(size);
      std::sort(sizes.begin(), sizes.end());
      const double median = std::max(sizes[sizes.size() / 2], 1e-12);
      for (double huber_delta = median; huber_delta > 1e-7 * median; huber_delta /= 8)
        descend_at(huber_delta, n_steps / 2, theta, r);
    }
    return {theta, objective_.of_residuals(r)};
  }

  /// Whether a place leads to one of rest, and not to infinity: no parameter at the end of numbers,
  /// and going on leads no lower and moves none far.
  bool leads_to_finite_optimum(Found found) const {
    constexpr int kMoreSteps = 500, kMostRounds = 4;
    constexpr double kGreatest = 1e100, kSame = 1e-7, kStill = 0.05;
    Found further = descend(found.theta, kMoreSteps);
    for (int round = 1; round < kMostRounds && further.objective < found.objective * (1 - kSame);
         ++round) {
      found = further;
      further = descend(found.theta, kMoreSteps);
    }
    bool at_rest = further.objective >= found.objective * (1 - kSame);
    for (std::size_t p = 0; p < found.theta.size(); ++p) {
      const double size = std::abs(found.theta[p]);
      const bool in_numbers = size == 0 || (size < kGreatest && size > 1 / kGreatest);
      const bool still = std::abs(further.theta[p] - found.theta[p]) <= kStill * size;
      at_rest = at_rest && (info(p).lower == found.theta[p] || (in_numbers && still));
    }
    return at_rest;
  }

 private:
  const ParameterInfo& info(std::size_t p) const { return objective_.law().info.parameters[p]; }

  void clamp(std::vector<double>& theta) const {
    for (std::size_t p = 0; p < theta.size(); ++p)
      theta[p] = std::clamp(theta[p], info(p).lower, info(p).upper);
  }

  /// Where a parameter ends that moves by u of its own size.
  double moved(std::size_t p, double value, double u) const {
    const bool positive = info(p).lower >= 0 && value > 0;
    const double size = std::max(std::abs(value), 1e-8);
    const double to = positive ? value * std::exp(std::clamp(u, -3.0, 3.0)) : value + size * u;
    return std::clamp(to, info(p).lower, info(p).upper);
  }

  bool jacobian(const std::vector<double>& theta, const std::vector<double>& r, Matrix& J) const {
    constexpr double kStep = 1e-6;
    J = Matrix(r.size(), theta.size());
    std::vector<double> above, below;
    for (std::size_t p = 0; p < theta.size(); ++p) {
      std::vector<double> up = theta, down = theta;
      up[p] = moved(p, theta[p], kStep);
      down[p] = moved(p, theta[p], -kStep);
      const bool has_up = objective_.residuals(up, above);
      const bool has_down = objective_.residuals(down, below);
      if (!has_up) above = r;
      if (!has_down) below = r;
      const int sides =
          (has_up && up[p] != theta[p] ? 1 : 0) + (has_down && down[p] != theta[p] ? 1 : 0);
      for (std::size_t i = 0; i < r.size(); ++i)
        J(i, p) = (above[i] - below[i]) / (kStep * std::max(sides, 1));
    }
    return all_finite(J.values);
  }

  void descend_at(double huber_delta, int n_steps, std::vector<double>& theta,
                  std::vector<double>& r) const {
    double damping = 1e-3, value = objective_.of_residuals(r, huber_delta);
    Matrix J;
    int n_idle = 0;
    for (int step = 0; step < n_steps && damping < 1e10; ++step) {
      if (!jacobian(theta, r, J)) return;
      Matrix H(theta.size(), theta.size());
      std::vector<double> downhill(theta.size());
      for (std::size_t i = 0; i < r.size(); ++i) {
        const double w = objective_.points().weight(i) * objective_.weight(r[i], huber_delta);
        add_outer(w, J.row(i), H);
        add_scaled(-w * r[i], J.row(i), downhill);
      }
      double trace = 0;
      for (std::size_t p = 0; p < theta.size(); ++p) trace += H(p, p);
      bool better = false;
      while (!better && damping < 1e10) {
        Matrix damped = H;
        for (std::size_t p = 0; p < theta.size(); ++p)
          damped(p, p) += damping * H(p, p) + 1e-14 * trace + 1e-300;
        const std::vector<double> move = symmetric_solve(damped, downhill);
        std::vector<double> trial = theta;
        for (std::size_t p = 0; p < trial.size(); ++p) trial[p] = moved(p, theta[p], move[p]);
        std::vector<double> there;
        const double f = objective_.residuals(trial, there)
                             ? objective_.of_residuals(there, huber_delta)
                             : kInfinity;
        better = f < value;
        if (!better) {
          damping *= 6;
          continue;
        }
        n_idle = value - f < 1e-10 * value ? n_idle + 1 : 0;
        theta = trial, r = there, value = f;
        damping = std::max(damping / 5, 1e-12);
      }
      if (n_idle > 3) return;
    }
  }

  const Objective& objective_;
};

/// Starts from wide ranges around a typical parameter vector.
inline std::vector<double> wide_start(const Law& law, const std::vector<double>& around, Rng& rng,
                                      double width) {
  std::vector<double> theta;
  for (std::size_t p = 0; p < around.size(); ++p) {
    const ParameterInfo& info = law.info.parameters[p];
    const double size = around[p] == 0 ? 1 : around[p];
    // Exponents live within a factor of a few, scales over many.
    const double spread = std::abs(size) < 10 ? 1.2 : 4;
    double value = size * std::exp(width * spread * rng.normal());
    if (width >= 1 && rng.uniform() < 0.15) value = -value;
    theta.push_back(std::clamp(value, info.lower, info.upper));
  }
  return theta;
}

}  // namespace rung::hunt
