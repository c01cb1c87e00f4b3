#include "rung/fit/problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/index.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

int named_parameter(const Law& law, const std::string& name) {
  const int p = law.parameter_index(name);
  if (p >= 0) return p;
  std::vector<std::string> known;
  for (const ParameterInfo& parameter : law.info.parameters) known.push_back(parameter.name);
  throw InputError("law '" + law.info.name + "' has no parameter '" + name + "'",
                   "its parameters are " + join(known, ", "));
}

}  // namespace

FitProblem::FitProblem(const Law& law, const Points& points, Loss loss, Residual residual,
                       const std::vector<Constraint>& constraints)
    : law_(&law),
      points_(&points),
      loss_(loss),
      residual_(residual),
      target_(points.transformed(residual)) {
  for (const ParameterInfo& parameter : law.info.parameters) {
    lower_.push_back(parameter.lower);
    upper_.push_back(parameter.upper);
    of_log_.push_back(parameter.of_log ? 1 : 0);
  }
  fixed_.assign(at(n_parameters()), kNaN);
  tied_to_.assign(at(n_parameters()), -1);
  tie_offset_.assign(at(n_parameters()), 0);
  check_points();
  sum_targets();
  apply(constraints);
  move_ties_to_natural_scale();
  set_coordinates();
}

void FitProblem::check_points() const {
  if (loss_.kind == LossKind::binomial && residual_ != Residual::raw)
    throw InputError("the binomial loss takes shares as they are", "use --residual raw");
  if (points_->size() == 0) throw InputError("no points to fit");
  if (points_->n_inputs() != law_->info.inputs.size()) {
    throw InputError("law '" + law_->info.name + "' takes " +
                     std::to_string(law_->info.inputs.size()) + " inputs, got " +
                     std::to_string(points_->n_inputs()));
  }
  for (std::size_t i = 0; i < points_->size(); ++i) {
    if (!std::isfinite(target_[i])) {
      throw InputError("observation " + std::to_string(i + 1) + " is " + shortest(points_->y(i)) +
                           ", which has no " + std::string(residual_name(residual_)) + " residual",
                       "use --residual raw, or leave the row out");
    }
    if (loss_.kind == LossKind::binomial && !(points_->y(i) >= 0 && points_->y(i) <= 1)) {
      throw InputError("observation " + std::to_string(i + 1) + " is " + shortest(points_->y(i)) +
                           ", which is no share of questions",
                       "shares lie between 0 and 1");
    }
    for (std::size_t k = 0; k < points_->n_inputs(); ++k) {
      const double x = points_->input(k, i);
      if (!std::isfinite(x) || (law_->info.inputs[k].positive && x <= 0)) {
        throw InputError(
            "input " + law_->info.inputs[k].name + " of point " + std::to_string(i + 1) + " is " +
                shortest(x),
            law_->info.inputs[k].positive ? "it must be positive and finite" : "it must be finite");
      }
    }
  }
}

void FitProblem::sum_targets() {
  target_sum_ = target_squares_ = least_huber_delta_ = 0;
  for (std::size_t i = 0; i < points_->size(); ++i) {
    target_sum_ += points_->weight(i) * std::abs(target_[i]);
    // A deviance is steeper than a square by its information, 1 / (y (1 - y)).
    constexpr double kSteepest = 1e-3;
    const double steepness = loss_.kind != LossKind::binomial
                                 ? 1
                                 : 1 / std::max(kSteepest, target_[i] * (1 - target_[i]));
    target_squares_ += points_->weight(i) * target_[i] * target_[i] * steepness;
  }
  if (!loss_.kinked()) return;
  constexpr double kNegligible = 1e-12;
  double largest = 0;
  for (std::size_t i = 0; i < points_->size(); ++i)
    largest = std::max(largest, std::abs(target_[i]));
  least_huber_delta_ = kNegligible * (largest > 0 ? largest : 1);
}

void FitProblem::apply(const std::vector<Constraint>& constraints) {
  for (const Constraint& constraint : constraints) {
    const int p = named_parameter(*law_, constraint.parameter);
    if (constraint.lower) lower_[at(p)] = *constraint.lower;
    if (constraint.upper) upper_[at(p)] = *constraint.upper;
    if (constraint.fixed) fixed_[at(p)] = *constraint.fixed;
    if (!constraint.tied_to.empty()) {
      tied_to_[at(p)] = named_parameter(*law_, constraint.tied_to);
      tie_offset_[at(p)] = constraint.offset;
      if (tied_to_[at(p)] == p)
        throw InputError("parameter '" + constraint.parameter + "' is tied to itself");
    }
    if (constraint.prior_mean) {
      if (!constraint.prior_sd || !(*constraint.prior_sd > 0)) {
        throw InputError("the prior on '" + constraint.parameter +
                         "' needs a positive standard deviation");
      }
      priors_.push_back({p, *constraint.prior_mean, *constraint.prior_sd});
    }
    if (lower_[at(p)] > upper_[at(p)]) {
      throw InputError("impossible bounds on '" + constraint.parameter + "': lower " +
                       shortest(lower_[at(p)]) + " is above upper " + shortest(upper_[at(p)]));
    }
    if (of_log_[at(p)] && upper_[at(p)] <= 0) {
      throw InputError("parameter '" + constraint.parameter + "' is positive; its upper bound is " +
                       shortest(upper_[at(p)]));
    }
  }
}

/// Parameters that differ by a constant have no logarithms that do: they, and what is tied to
/// them, are fitted as they are. The bounds of each then hold for all.
void FitProblem::move_ties_to_natural_scale() {
  offset_.assign(at(n_parameters()), 0);
  std::vector<int> owner(at(n_parameters()));
  for (int p = 0; p < n_parameters(); ++p) {
    owner[at(p)] = p;
    for (int hop = 0; tied_to_[at(owner[at(p)])] >= 0; ++hop) {
      if (hop > n_parameters()) throw InputError("the ties between parameters form a circle");
      offset_[at(p)] += tie_offset_[at(owner[at(p)])];
      owner[at(p)] = tied_to_[at(owner[at(p)])];
    }
  }
  for (int p = 0; p < n_parameters(); ++p) {
    if (offset_[at(p)] == 0) continue;
    const int to = owner[at(p)];
    for (int q = 0; q < n_parameters(); ++q) {
      if (owner[at(q)] != to) continue;
      if (of_log(q)) lower_[at(q)] = std::max(lower_[at(q)], 0.0);
      of_log_[at(q)] = 0;
    }
    lower_[at(to)] = std::max(lower_[at(to)], lower_[at(p)] - offset_[at(p)]);
    upper_[at(to)] = std::min(upper_[at(to)], upper_[at(p)] - offset_[at(p)]);
    if (!(lower_[at(to)] < upper_[at(to)])) {
      throw InputError("the bounds of '" + law_->info.parameters[at(p)].name + "' and '" +
                       law_->info.parameters[at(to)].name + "' leave no value for the tie");
    }
  }
}

void FitProblem::set_coordinates() {
  free_.clear();
  coordinate_of_.assign(at(n_parameters()), -1);
  for (int p = 0; p < n_parameters(); ++p) {
    if (tied_to_[at(p)] >= 0 || !std::isnan(fixed_[at(p)])) continue;
    const bool log_scale = of_log(p);
    coordinate_of_[at(p)] = n_free();
    free_.push_back({p, log_scale ? std::log(std::max(lower_[at(p)], 0.0)) : lower_[at(p)],
                     log_scale ? std::log(upper_[at(p)]) : upper_[at(p)]});
  }
  for (int p = 0; p < n_parameters(); ++p) {
    int owner = p;
    for (int hop = 0; tied_to_[at(owner)] >= 0; ++hop) {
      if (hop > n_parameters()) throw InputError("the ties between parameters form a circle");
      owner = tied_to_[at(owner)];
    }
    if (owner == p) continue;
    if (of_log(owner) != of_log(p)) {
      throw InputError("'" + law_->info.parameters[at(p)].name + "' can't be tied to '" +
                       law_->info.parameters[at(owner)].name + "': one is fitted by its logarithm");
    }
    coordinate_of_[at(p)] = coordinate_of_[at(owner)];
    fixed_[at(p)] = fixed_[at(owner)] + offset_[at(p)];
  }
  plain_ = n_free() == n_parameters() && priors_.empty();
  reparametrization_.reset();
  const bool any_offset =
      std::any_of(offset_.begin(), offset_.end(), [](double offset) { return offset != 0; });
  if (!law_->info.power_terms.empty() && !any_offset) {
    reparametrization_.emplace(law_->info, *points_, coordinate_of_, of_log_);
  }
}

FitProblem FitProblem::with_fixed(int parameter, double theta) const {
  FitProblem problem = *this;
  for (int p = 0; p < n_parameters(); ++p) {
    if (coordinate_of_[at(p)] >= 0 && coordinate_of_[at(p)] == coordinate_of_[at(parameter)]) {
      problem.fixed_[at(p)] = theta - offset(parameter) + offset(p);
    }
  }
  problem.set_coordinates();
  return problem;
}

FitProblem FitProblem::in_natural_scale() const {
  FitProblem problem = *this;
  for (std::size_t p = 0; p < of_log_.size(); ++p) {
    if (problem.of_log_[p] != 0) problem.lower_[p] = std::max(problem.lower_[p], 0.0);
    problem.of_log_[p] = 0;
  }
  problem.set_coordinates();
  return problem;
}

FitProblem FitProblem::with_loss(Loss loss) const {
  FitProblem problem = *this;
  problem.loss_ = loss;
  problem.sum_targets();
  return problem;
}

FitProblem FitProblem::with_points(const Points& points) const {
  FitProblem problem = *this;
  problem.points_ = &points;
  problem.target_ = points.transformed(residual_);
  problem.check_points();
  problem.sum_targets();
  return problem;
}

FitProblem FitProblem::with_law(const Law& law, const Points& points) const {
  FitProblem problem = *this;
  problem.law_ = &law;
  problem.reparametrization_.reset();
  return problem.with_points(points);
}

void FitProblem::theta_at(const double* z, double* theta) const {
  for (int p = 0; p < n_parameters(); ++p) {
    const int coordinate = coordinate_of_[at(p)];
    theta[p] = coordinate < 0 ? fixed_[at(p)]
               : of_log(p)    ? std::exp(z[coordinate])
                              : z[coordinate] + offset_[at(p)];
  }
}

std::vector<double> FitProblem::theta_at(const std::vector<double>& z) const {
  std::vector<double> theta(at(n_parameters()));
  theta_at(z.data(), theta.data());
  return theta;
}

std::vector<double> FitProblem::coordinates_of(const std::vector<double>& theta) const {
  std::vector<double> z;
  for (const Coordinate& coordinate : free_) {
    const double value = theta[at(coordinate.parameter)];
    z.push_back(std::clamp(of_log(coordinate.parameter) ? std::log(std::max(value, 1e-300)) : value,
                           coordinate.lower, coordinate.upper));
  }
  return z;
}

void FitProblem::reparametrize_step(const double* from, double* to) const {
  if (!reparametrization_ || reparametrization_->floor() < 0) return;
  const int floor = reparametrization_->floor();
  // At its bound the floor can't absorb what the terms change at the centre of the data.
  if (to[floor] <= lower(floor) || to[floor] >= upper(floor)) return;
  reparametrization_->transform(from, to);
  for (int i = 0; i < n_free(); ++i) to[i] = std::clamp(to[i], lower(i), upper(i));
}

KernelCall FitProblem::call_at(const double* theta, const double* weights,
                               double huber_delta) const {
  KernelCall call{theta, of_log_.data(), points_->view(target_), residual_,
                  loss_.shape(std::max(huber_delta, least_huber_delta_))};
  if (weights != nullptr) call.points.weight = weights;
  return call;
}

double FitProblem::objective(const double* z, const double* weights, double huber_delta) const {
  double theta[kMaxParameters];
  theta_at(z, theta);
  return objective_at(theta, weights, huber_delta);
}

double FitProblem::objective_at(const double* theta, const double* weights,
                                double huber_delta) const {
  double value =
      law_->kernel.objective(law_->kernel.self.get(), call_at(theta, weights, huber_delta));
  for (const Prior& prior : priors_) {
    const double r = (theta[prior.parameter] - prior.mean) / prior.sd;
    value += r * r / 2;
  }
  return value;
}

double FitProblem::derivatives(const double* z, const Derivatives& out, const double* weights,
                               double huber_delta) const {
  constexpr int kPacked = kMaxParameters * (kMaxParameters + 1) / 2;
  double theta[kMaxParameters], g[kMaxParameters], h[kPacked], m[kPacked];
  theta_at(z, theta);
  if (plain_) {
    return law_->kernel.derivatives(law_->kernel.self.get(), call_at(theta, weights, huber_delta),
                                    out.gradient, out.hessian, out.metric);
  }
  double value = law_->kernel.derivatives(law_->kernel.self.get(),
                                          call_at(theta, weights, huber_delta), g, h, m);
  if (!(value < kInfinity)) return kInfinity;
  for (const Prior& prior : priors_) {
    const int p = prior.parameter, diagonal = p * (p + 1) / 2 + p;
    const double r = (theta[p] - prior.mean) / prior.sd;
    const double slope = of_log(p) ? theta[p] : 1, second = of_log(p) ? theta[p] : 0;
    const double curvature = slope * slope / (prior.sd * prior.sd);
    value += r * r / 2;
    g[p] += r * slope / prior.sd;
    h[diagonal] += curvature + r * second / prior.sd;
    m[diagonal] += curvature;
  }
  std::fill_n(out.gradient, n_free(), 0.0);
  std::fill_n(out.hessian, n_free() * (n_free() + 1) / 2, 0.0);
  std::fill_n(out.metric, n_free() * (n_free() + 1) / 2, 0.0);
  for (int p = 0, k = 0; p < n_parameters(); ++p) {
    const int i = coordinate_of_[at(p)];
    if (i >= 0) out.gradient[i] += g[p];
    for (int q = 0; q <= p; ++q, ++k) {
      const int j = coordinate_of_[at(q)];
      if (i < 0 || j < 0) continue;
      // Two tied parameters share a coordinate: their mixed derivative counts on both sides of the
      // diagonal.
      const double share = i == j && p != q ? 2 : 1;
      const int place = std::max(i, j) * (std::max(i, j) + 1) / 2 + std::min(i, j);
      out.hessian[place] += share * h[k];
      out.metric[place] += share * m[k];
    }
  }
  return value;
}

// A residual is off by about eps |t|, so a term rho(r) by psi(r) eps |t|, where psi^2 <= 2 scale
// rho and psi <= scale delta; the sum over points by Cauchy and Schwarz, and the least it can be at
// r = eps |t|.
FitProblem::RoundingBounds FitProblem::rounding_bounds(double huber_delta) const {
  const LossShape shape = loss_.shape(std::max({huber_delta, least_huber_delta_, 1e-300}));
  const double scale = shape.scale * std::max({shape.weight_over, shape.weight_under, 1.0});
  return {.by_root = 2 * scale * target_squares_,
          .by_slope = scale * shape.delta * target_sum_,
          .least = kEpsilon * kEpsilon * std::fmin(scale, 2.0) * target_squares_};
}

double FitProblem::rounding(double value, double huber_delta) const {
  const RoundingBounds bounds = rounding_bounds(huber_delta);
  return kEpsilon *
             (std::abs(value) + std::fmin(std::sqrt(bounds.by_root * value), bounds.by_slope)) +
         bounds.least;
}

double FitProblem::exact_objective(const std::vector<double>& theta) const {
  if (!loss_.kinked()) return objective(coordinates_of(theta).data());
  const std::vector<double> f = predict(theta, *points_);
  double total = 0;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const double r = transformed(residual_, f[i]) - target_[i];
    const LossShape shape = loss_.shape(1);
    total += points_->weight(i) * (r > 0 ? shape.weight_over : shape.weight_under) * std::abs(r);
  }
  return total;
}

std::vector<double> FitProblem::predict(const std::vector<double>& theta,
                                        const Points& points) const {
  return rung::predict(*law_, theta, points);
}

}  // namespace rung
