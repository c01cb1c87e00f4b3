#include "rung/fit/optimum/linear_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/index.hpp"

namespace rung {
namespace {

/// Sum of w x y. In four sums side by side: one after the other, additions wait for each other.
double weighted_product(const std::vector<double>& w, const double* x, const double* y) {
  double sums[4] = {};
  const std::size_t n = w.size(), n_fours = n / 4 * 4;
  for (std::size_t i = 0; i < n_fours; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += w[i + k] * x[i + k] * y[i + k];
  }
  for (std::size_t i = n_fours; i < n; ++i) sums[i - n_fours] += w[i] * x[i] * y[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double greatest_size(const double* x, std::size_t n) {
  double greatest[4] = {};
  const std::size_t n_fours = n / 4 * 4;
  for (std::size_t i = 0; i < n_fours; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) {
      const double size = std::abs(x[i + k]);
      greatest[k] = size > greatest[k] ? size : greatest[k];
    }
  }
  for (std::size_t i = n_fours; i < n; ++i) greatest[0] = std::max(greatest[0], std::abs(x[i]));
  return std::max(std::max(greatest[0], greatest[1]), std::max(greatest[2], greatest[3]));
}

}  // namespace

LinearSolver::LinearSolver(const FitProblem& problem, const Structure& structure)
    : problem_(problem),
      structure_(structure),
      n_(problem.points().size()),
      f_(problem.points().n_padded()),
      jacobian_(problem.points().n_padded() * at(problem.n_parameters())),
      target_(problem.points().transformed(problem.residual())),
      weight_(n_),
      residual_(n_),
      huber_delta_(problem.loss().kinked() ? 1e7 * problem.least_huber_delta() : 1e-3) {
  for (const int c : structure.linear) {
    const bool of_log = problem.of_log(problem.parameter_of(c));
    lower_.push_back(of_log ? std::exp(problem.lower(c)) : problem.lower(c));
    upper_.push_back(of_log ? std::exp(problem.upper(c)) : problem.upper(c));
  }
  const std::size_t m = structure.linear.size();
  scale_.assign(m, 1);
  scaled_.resize(m * n_);
  step_lower_.resize(m);
  step_upper_.resize(m);
  step_.resize(m);
  equations_ = {static_cast<int>(m), std::vector<double>(m * m), std::vector<double>(m)};
  exact_ = problem.residual() == Residual::raw && problem.loss().shape(1e-3).delta == kInfinity;

  template_ = problem.theta_at(std::vector<double>(at(problem.n_free()), 0.0));
  for (int p = 0; p < problem.n_parameters(); ++p) {
    if (is_linear(p)) template_[at(p)] = 0;
  }
  if (share_with_slopes(template_) == 0) leave_floor();
  set_first_weights();
}

bool LinearSolver::is_linear(int parameter) const {
  const auto& linear = structure_.linear;
  return std::find(linear.begin(), linear.end(), problem_.coordinate_of(parameter)) != linear.end();
}

/// Of the points, those where the law has a slope by any parameter that it is linear in; the others
/// at their typical values.
double LinearSolver::share_with_slopes(std::vector<double> theta) {
  for (int p = 0; p < problem_.n_parameters(); ++p) {
    if (!is_linear(p) && problem_.coordinate_of(p) >= 0)
      theta[at(p)] = problem_.law().info.parameters[at(p)].typical;
  }
  if (structure_.linear.empty()) return 1;
  evaluate_residuals(theta.data());
  double n_sloping = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    bool any = false;
    for (std::size_t a = 0; a < structure_.linear.size(); ++a)
      any = any || column(static_cast<int>(a))[i] != 0;
    n_sloping += any ? 1 : 0;
  }
  return n_sloping / static_cast<double>(n_);
}

/// A law whose value is clamped from below may have zero derivatives where its linear parameters
/// are zero. It is then linearised where all of them are typical, or where one alone is of the size
/// of the observations.
void LinearSolver::leave_floor() {
  std::vector<double> sizes;
  for (std::size_t i = 0; i < n_; ++i) sizes.push_back(std::abs(problem_.points().y(i)));
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<long>(n_ / 2), sizes.end());
  std::vector<std::vector<double>> candidates = {template_};
  for (int p = 0; p < problem_.n_parameters(); ++p) {
    if (is_linear(p)) candidates.front()[at(p)] = problem_.law().info.parameters[at(p)].typical;
  }
  for (std::size_t a = 0; a < structure_.linear.size(); ++a) {
    const int p = problem_.parameter_of(structure_.linear[a]);
    candidates.push_back(template_);
    candidates.back()[at(p)] = std::clamp(sizes[n_ / 2], lower_[a], upper_[a]);
  }
  double most = 0;
  for (const std::vector<double>& candidate : candidates) {
    const double share = share_with_slopes(candidate);
    if (share <= most) continue;
    most = share;
    template_ = candidate;
  }
}

LinearSolver::Solution LinearSolver::solve(const double* nonlinear, int n_rounds, double* theta) {
  Solution solution;
  start(nonlinear, theta);
  if (!structure_.linear.empty()) {
    scale_columns();
    if (!exact_) set_first_weights();
    for (int round = 0; round < (exact_ ? 1 : n_rounds); ++round) {
      if (round > 0) reweigh();
      set_normal_equations();
      solution.face = improve(theta);
    }
  }
  if (exact_ && !problem_.has_priors()) {
    solution.objective = weighted_product(weight_, residual_.data(), residual_.data());
  } else {
    solution.objective = problem_.objective_at(theta, nullptr, huber_delta_);
  }
  if (!(solution.objective < kInfinity)) solution.objective = kInfinity;
  return solution;
}

double LinearSolver::slope(double nonlinear, double* theta) {
  start(&nonlinear, theta);
  if (!structure_.linear.empty()) {
    scale_columns();
    set_normal_equations();
    improve(theta);
    improve(theta);  // once more: nearly collinear columns leave the first solution inexact
  }
  evaluate_residuals(theta);
  double slope = 0, size = 0;
  for (int p = 0; p < problem_.n_parameters(); ++p) {
    if (problem_.coordinate_of(p) != structure_.nonlinear.front()) continue;
    const double* x = jacobian_.data() + at(p) * problem_.points().n_padded();
    for (std::size_t i = 0; i < n_; ++i) {
      const double term = 2 * weight_[i] * residual_[i] * x[i];
      slope -= term;
      size += std::abs(term);
    }
  }
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  return std::abs(slope) <= kEpsilon * size ? 0 : slope;
}

/// theta with the linear parameters where the law is linearised (zero, as a rule), and there f, the
/// columns that they multiply, and the residuals.
void LinearSolver::start(const double* nonlinear, double* theta) {
  std::copy(template_.begin(), template_.end(), theta);
  for (int p = 0; p < problem_.n_parameters(); ++p) {
    for (std::size_t k = 0; k < structure_.nonlinear.size(); ++k) {
      if (problem_.coordinate_of(p) == structure_.nonlinear[k])
        theta[p] = nonlinear[k] + problem_.offset(p);
    }
  }
  evaluate_residuals(theta);
}

void LinearSolver::evaluate_residuals(const double* theta) {
  KernelCall call = problem_.call_at(theta);
  call.of_log = nullptr;
  const Kernel& kernel = problem_.law().kernel;
  kernel.jacobian(kernel.self.get(), call, f_.data(), jacobian_.data());
  for (std::size_t i = 0; i < n_; ++i) residual_[i] = problem_.points().y(i) - f_[i];
}

const double* LinearSolver::column(int linear) const {
  const int p = problem_.parameter_of(structure_.linear[at(linear)]);
  return jacobian_.data() + at(p) * problem_.points().n_padded();
}

/// dr/df at the observation.
void LinearSolver::set_first_weights() {
  for (std::size_t i = 0; i < n_; ++i) {
    const double y = problem_.points().y(i);
    if (problem_.loss().kind == LossKind::binomial) {
      const double weight = problem_.points().weight(i), share = (weight * y + 0.5) / (weight + 1);
      weight_[i] = weight / (share * (1 - share));
      continue;
    }
    const double slope = problem_.residual() == Residual::log     ? 1 / y
                         : problem_.residual() == Residual::logit ? 1 / (y * (1 - y))
                                                                  : 1;
    weight_[i] = problem_.points().weight(i) * slope * slope;
  }
}

/// Columns are scaled to a greatest element of 1, so that their squares neither overflow nor
/// vanish.
void LinearSolver::scale_columns() {
  for (std::size_t a = 0; a < scale_.size(); ++a) {
    const double* x = column(static_cast<int>(a));
    const double greatest = greatest_size(x, n_);
    scale_[a] = greatest > 0 ? 1 / greatest : 1;
    for (std::size_t i = 0; i < n_; ++i) scaled_[a * n_ + i] = x[i] * scale_[a];
  }
}

void LinearSolver::set_normal_equations() {
  const int m = equations_.m;
  for (int a = 0; a < m; ++a) {
    for (int b = 0; b <= a; ++b) {
      equations_.gram[at(a * m + b)] = equations_.gram[at(b * m + a)] =
          weighted_product(weight_, scaled(a), scaled(b));
    }
  }
}

unsigned LinearSolver::improve(double* theta) {
  unsigned face = 0;
  for (std::size_t a = 0; a < step_.size(); ++a) {
    const double value = theta[problem_.parameter_of(structure_.linear[a])];
    equations_.rhs[a] = weighted_product(weight_, scaled(static_cast<int>(a)), residual_.data());
    step_lower_[a] = (lower_[a] - value) / scale_[a];
    step_upper_[a] = (upper_[a] - value) / scale_[a];
  }
  bounded_least_squares(equations_, step_lower_.data(), step_upper_.data(), step_.data());
  for (std::size_t a = 0; a < step_.size(); ++a) {
    double& value = theta[problem_.parameter_of(structure_.linear[a])];
    value = std::clamp(value + step_[a] * scale_[a], lower_[a], upper_[a]);
    if (step_[a] <= step_lower_[a]) face |= 1u << (2 * a);
    if (step_[a] >= step_upper_[a]) face |= 2u << (2 * a);
    const double* x = scaled(static_cast<int>(a));
    for (std::size_t i = 0; i < n_; ++i) residual_[i] -= step_[a] * x[i];
  }
  return face;
}

/// Weights of iteratively reweighted least squares: with them the square of f - y has the slope of
/// the loss at the present residual.
void LinearSolver::reweigh() {
  const LossShape shape = problem_.loss().shape(huber_delta_);
  for (std::size_t i = 0; i < n_; ++i) {
    const double y = problem_.points().y(i), f = y - residual_[i];
    const double r = transformed(problem_.residual(), f) - target_[i];
    if (!std::isfinite(r) || f == y || r == 0) continue;  // keeps its last weight
    if (shape.binomial) {
      if (f > 0 && f < 1) weight_[i] = problem_.points().weight(i) / (f * (1 - f));
      continue;
    }
    const double side = r > 0 ? shape.weight_over : shape.weight_under;
    const double robust =
        shape.scale * side * (std::abs(r) <= shape.delta ? 1 : shape.delta / std::abs(r));
    const double secant = r / (f - y);
    weight_[i] = problem_.points().weight(i) * robust * secant * secant;
  }
}

}  // namespace rung
