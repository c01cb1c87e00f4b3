#include "rung/fit/interval/profile_intervals.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/index.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {
namespace {

constexpr double kTolerance = 0.1;  // by which the linearization may be off, relative
constexpr std::size_t kMostPoints = 100'000;

bool is_near(double value, double expected) {
  return std::abs(value - expected) <= kTolerance * std::abs(expected);
}

/// The direction in which the parameters follow a linear quantity with this gradient, scaled to one
/// standard error of it; and that standard error, 0 where rounding hides it.
struct Trace {
  std::vector<double> direction;
  double stderror = 0;
};

Trace trace_of(const Covariance& covariance, const std::vector<double>& gradient) {
  const std::size_t p = covariance.coordinates.size();
  Trace trace{product(Matrix(p, p, covariance.matrix), gradient)};
  trace.stderror = std::sqrt(variance_along(covariance, gradient).value_or(0));
  if (trace.stderror > 0) scale(1 / trace.stderror, trace.direction);
  return trace;
}

/// The parameters a multiple of the trace's step away; empty outside the bounds.
std::vector<double> moved(const FitProblem& problem, const Fit& fit, const Trace& trace,
                          double multiple) {
  std::vector<double> z = problem.coordinates_of(fit.theta);
  for (std::size_t i = 0; i < trace.direction.size(); ++i) {
    const int c = fit.covariance->coordinates[i];
    z[at(c)] += multiple * trace.direction[i];
    if (z[at(c)] < problem.lower(c) || z[at(c)] > problem.upper(c)) return {};
  }
  return z;
}

/// Whether the objective rises by the limit at both ends of the linearized interval.
bool is_parabolic(const FitProblem& problem, const Fit& fit, const Trace& trace, double reach,
                  double limit) {
  const double best = problem.objective(problem.coordinates_of(fit.theta).data());
  for (const double multiple : {-reach, reach}) {
    const std::vector<double> z = moved(problem, fit, trace, multiple);
    if (z.empty() || !is_near(problem.objective(z.data()) - best, limit)) return false;
  }
  return true;
}

/// Whether the prediction, as a function of the parameters, moves as far as its linearization says.
template <class Prediction>
bool is_linear(const FitProblem& problem, const Fit& fit, const Trace& trace, double reach,
               Prediction prediction) {
  const double centre = prediction(fit.theta);
  for (const double multiple : {-reach, reach}) {
    const double value = prediction(problem.theta_at(moved(problem, fit, trace, multiple)));
    if (!is_near(value - centre, multiple * trace.stderror)) return false;
  }
  return true;
}

/// The profile of the prediction at given inputs. It is followed by fits with one more point there,
/// whose observation pulls the prediction: the parameters of such a fit are the best of all that
/// predict the same.
class PredictionProfile {
 public:
  /// `reach` is on the interval_scale().
  PredictionProfile(const FitProblem& problem, const Fit& fit, std::span<const double> inputs,
                    double limit, double reach)
      : problem_(problem),
        fit_(fit),
        inputs_(inputs.begin(), inputs.end()),
        scale_(interval_scale(problem)),
        limit_(limit),
        weight_(limit / (reach * reach)),
        centre_(prediction(fit.theta)),
        best_(problem.objective(problem.coordinates_of(fit.theta).data())) {}

  struct Reached {
    double pull = 0;    // of the further observation
    double height = 0;  // of the objective, in units of the limit
    double value = 0;   // of the prediction, on the scale
    std::vector<double> theta;
  };

  /// The prediction where the height is 1 on the side of `reach`'s sign; infinite where it goes on
  /// rising below that.
  double end(double reach) const {
    // On a logarithmic scale nothing overflows: terms cancel, or underflow, and stop the search.
    constexpr double kMostLog = 18;  // half of a double's digits, a factor of 7e7
    const double found = followed(reach);
    const bool is_held = scale_ != Residual::log || std::abs(found - centre_) < kMostLog;
    return is_held ? found : std::copysign(kInfinity, reach);
  }

 private:
  double followed(double reach) const {
    constexpr int kMostSteps = 24;
    Reached inside{0, 0, centre_, fit_.theta};
    double pull = 2 * reach;
    for (int i = 0; i < kMostSteps; ++i, pull *= 1.6) {
      Reached outside = reached(pull, {inside.theta});
      if (std::isinf(outside.value)) break;
      if (outside.height >= 1) return between(std::move(inside), std::move(outside));
      const bool stopped = std::abs(outside.value - inside.value) <= 1e-6 * std::abs(reach);
      if (stopped && i > 4) return outside.value;  // no parameters predict more
      inside = std::move(outside);
    }
    return std::copysign(kInfinity, reach);
  }

  double prediction(const std::vector<double>& theta) const {
    return transformed(scale_, predict(problem_.law(), theta, inputs_));
  }

  struct Observation {
    double y = 0, weight = 0;
  };

  /// Of shares it weighs the same on the scale everywhere, and so much that the profile's own
  /// bends, which flatten towards 0 and 1, do not let it jump.
  Observation observation(double pull) const {
    constexpr double kStiff = 4;
    const double y = back_transformed(scale_, centre_ + pull);
    if (problem_.loss().kind != LossKind::binomial) return {y, weight_};
    return {y, kStiff * weight_ * transformed_slope(scale_, y)};
  }

  /// The best that descents from `starts` find.
  Reached reached(double pull, const std::vector<std::vector<double>>& starts) const {
    const Points& points = problem_.points();
    Points pulled(inputs_.size(), points.size() + 1);
    std::vector<double> row(inputs_.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t k = 0; k < row.size(); ++k) row[k] = points.input(k, i);
      pulled.set(i, row, points.y(i), points.weight(i));
    }
    const auto [y, weight] = observation(pull);
    // The pull overflows.
    if (!std::isfinite(transformed(problem_.residual(), y)) || !std::isfinite(weight))
      return {pull, kInfinity, kInfinity, starts.front()};
    pulled.set(points.size(), inputs_, y, weight);
    const std::vector<double> theta = best_of(problem_.with_points(pulled), starts);
    const double objective = problem_.objective(problem_.coordinates_of(theta).data());
    return {pull, (objective - best_) / limit_, prediction(theta), theta};
  }

  std::vector<double> best_of(const FitProblem& problem,
                              const std::vector<std::vector<double>>& starts) const {
    check_cancelled();
    Minimum best{.objective = kInfinity};
    bool far_out = false;
    for (const std::vector<double>& start : starts) {
      Minimum minimum = minimize(problem, problem.coordinates_of(start));
      if (minimum.objective < best.objective || best.z.empty()) best = std::move(minimum);
      far_out |= fit_.status == Status::unbounded && start == fit_.theta;
    }
    if (far_out || !best.converged) {
      // Far out the objective is flat: a descent from there does not lead back.
      const SearchResult search = global_search(problem, starts, {Mesh::coarse});
      if (!search.minima.empty() && search.minima.front().objective < best.objective)
        best = search.minima.front();
    }
    return problem.theta_at(best.z);
  }

  /// From either side: a descent from far out may not lead back.
  double between(Reached inside, Reached outside) const {
    constexpr int kMostSteps = 12;
    constexpr double kClose = 1e-6;
    for (int i = 0; i < kMostSteps && outside.height - inside.height > kClose; ++i) {
      const double a = std::sqrt(std::max(inside.height, 0.0)), b = std::sqrt(outside.height);
      const double share = std::isfinite(b) ? std::clamp((1 - a) / (b - a), 0.05, 0.95) : 0.5;
      const double pull = inside.pull + share * (outside.pull - inside.pull);
      Reached middle = reached(pull, {inside.theta, outside.theta});
      if (std::abs(middle.height - 1) < kClose) return middle.value;
      (middle.height < 1 ? inside : outside) = std::move(middle);
    }
    return outside.value;
  }

  const FitProblem& problem_;
  const Fit& fit_;
  std::vector<double> inputs_;
  Residual scale_;
  double limit_, weight_, centre_, best_;
};

/// Whether the profile's ends are those of the delta method, in the parameter's own coordinate.
bool agrees(bool by_logarithm, const ParameterEstimate& linear, const Profile& found) {
  const auto coordinate = [&](double value) { return by_logarithm ? std::log(value) : value; };
  if (!found.lower || !found.upper || !linear.lower || !linear.upper) return false;
  const double centre = coordinate(linear.value);
  return is_near(coordinate(*found.lower) - centre, coordinate(*linear.lower) - centre) &&
         is_near(coordinate(*found.upper) - centre, coordinate(*linear.upper) - centre);
}

/// The height of the profile at a value of a positive parameter that diverges. Each is searched
/// anew: far out the objective is flat, and a descent from there does not lead back.
double height_at(const FitProblem& problem, const Fit& fit, int parameter, double value,
                 double limit) {
  check_cancelled();
  std::vector<double> theta = fit.theta;
  theta[at(parameter)] = value;
  const SearchResult search =
      global_search(problem.with_fixed(parameter, value), {theta}, {Mesh::coarse});
  return search.minima.empty() ? kInfinity
                               : (search.minima.front().objective - fit.objective) / limit;
}

/// The finite end of the interval of a positive parameter that diverges; absent where the data do
/// not determine that either.
std::optional<double> near_end(const FitProblem& problem, const Fit& fit, int parameter,
                               double limit) {
  constexpr double kStep = 4;  // a factor
  constexpr int kMostSteps = 8, kHalvings = 10;
  double outside = fit.theta[at(parameter)];
  double inside = problem.law().info.parameters[at(parameter)].typical;
  if (!(inside > 0) || !(outside > 0) || inside == outside) return {};
  const double inwards = inside < outside ? 1 / kStep : kStep;
  for (int i = 0; height_at(problem, fit, parameter, inside, limit) < 1; ++i) {
    if (i == kMostSteps) return {};
    outside = inside;
    inside *= inwards;
  }
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = std::sqrt(inside) * std::sqrt(outside);
    (height_at(problem, fit, parameter, middle, limit) < 1 ? outside : inside) = middle;
  }
  return outside;
}

/// Gives the parameters that diverge the one end of their interval that the data determine.
void bound_diverging_parameters(const FitProblem& problem, double level, Fit& fit) {
  const double limit = profile_limit(problem, fit, level);
  for (int p = 0; p < problem.n_parameters(); ++p) {
    ParameterEstimate& estimate = fit.parameters[at(p)];
    const int coordinate = problem.coordinate_of(p);
    if (coordinate < 0 || estimate.stderror) continue;
    if (!problem.of_log(p) && !(problem.lower(coordinate) >= 0)) continue;
    const auto end = near_end(problem, fit, p, limit);
    if (end) (*end < estimate.value ? estimate.lower : estimate.upper) = *end;
  }
}

/// The ends of a profile that did not converge lie too near, if anything: the delta method's are
/// taken where they are further out.
void widen(const ParameterEstimate& linear, Profile& found) {
  if (found.lower && linear.lower) found.lower = std::min(*found.lower, *linear.lower);
  if (found.upper && linear.upper) found.upper = std::max(*found.upper, *linear.upper);
}

/// Gives parameters at a bound, which have no standard error, the interval of their profile.
void profile_parameters_at_bounds(const FitProblem& problem, double level, Fit& fit) {
  const std::vector<double> z = problem.coordinates_of(fit.theta);
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const int coordinate = problem.coordinate_of(p);
    ParameterEstimate& estimate = fit.parameters[at(p)];
    if (coordinate < 0 || estimate.stderror || !at_bound(problem, z, coordinate)) continue;
    const auto found = profile(problem, fit, p, level);
    if (!found || !found->converged) continue;
    estimate.lower = found->lower;
    estimate.upper = found->upper;
  }
}

}  // namespace

bool can_be_profiled(const FitProblem& problem, const Fit& fit) {
  // On exact data what is left is rounding, whose profile would be rounding, too.
  constexpr double kRounding = 100;
  return fit.covariance && fit.objective > kRounding * problem.rounding(0) &&
         fit.covariance->residual_variance > 0 && !problem.has_priors() &&
         problem.loss().smooth() && problem.points().size() <= kMostPoints;
}

void use_profile_intervals(const FitProblem& problem, double level, Fit& fit) {
  if (!can_be_profiled(problem, fit)) return;
  // Fits from far out do not converge, so the profile can't be followed from there.
  if (fit.status == Status::unbounded) return bound_diverging_parameters(problem, level, fit);
  const std::vector<int>& moving = fit.covariance->coordinates;
  const double t = student_t_quantile(0.5 + level / 2, fit.covariance->dof);
  const double limit = profile_limit(problem, fit, level);
  // The delta method treats parameters at a bound as if they were fixed there.
  const bool bounded = any_at_bound(problem, problem.coordinates_of(fit.theta));
  std::vector<std::string> profiled;
  for (std::size_t i = 0; i < moving.size(); ++i) {
    const int p = problem.parameter_of(moving[i]);
    ParameterEstimate& estimate = fit.parameters[at(p)];
    if (!estimate.stderror) continue;
    std::vector<double> gradient(moving.size());
    gradient[i] = 1;
    const bool by_logarithm = is_known_by_logarithm(problem, fit.theta, p);
    if (by_logarithm == problem.of_log(p) && !bounded &&
        is_parabolic(problem, fit, trace_of(*fit.covariance, gradient), t, limit))
      continue;
    if (by_logarithm && estimate.value < 0) continue;  // by the logarithm of a positive one only
    auto found = profile(problem, fit, p, level);
    if (!found) continue;
    if (!found->converged) widen(estimate, *found);
    if (agrees(by_logarithm, estimate, *found)) continue;
    estimate.lower = found->lower;
    estimate.upper = found->upper;
    profiled.push_back(estimate.name);
  }
  if (bounded) profile_parameters_at_bounds(problem, level, fit);
  if (!profiled.empty()) {
    fit.notes.push_back("intervals by profile likelihood, for the law is curved there: " +
                        join(profiled, ", "));
  }
}

std::optional<Interval> checked_interval(const FitProblem& problem, const Fit& fit,
                                         std::span<const double> inputs, double level,
                                         bool observation) {
  const auto linear = delta_interval(problem, fit, inputs, level, observation);
  if (!can_be_profiled(problem, fit)) return linear;
  const Residual scale = interval_scale(problem);
  const bool share = scale != problem.residual();
  const auto prediction = [&](const std::vector<double>& theta) {
    return transformed(scale, predict(problem.law(), theta, inputs));
  };
  const double centre = prediction(fit.theta);
  std::vector<double> slope =
      prediction_gradient(problem, fit.theta, *fit.covariance, inputs).slope;
  if (share) rung::scale(transformed_slope(scale, back_transformed(scale, centre)), slope);
  const Trace trace = trace_of(*fit.covariance, slope);
  const double reach = student_t_quantile(0.5 + level / 2, fit.covariance->dof);
  const double limit = profile_limit(problem, fit, level);
  double width = reach * trace.stderror;
  if (!(width > 0) || !std::isfinite(width)) {
    if (fit.status != Status::unbounded) return linear;
    // Far out the covariance is rounding: a mean's, to begin with.
    width = reach * std::sqrt(fit.covariance->residual_variance /
                              static_cast<double>(problem.points().size()));
  }
  if (fit.status != Status::unbounded &&
      !any_at_bound(problem, problem.coordinates_of(fit.theta)) &&
      is_parabolic(problem, fit, trace, reach, limit) &&
      is_linear(problem, fit, trace, reach, prediction))
    return linear;
  const PredictionProfile profile(problem, fit, inputs, limit, width);
  double below = profile.end(-width) - centre, above = profile.end(width) - centre;
  // A share that the data do not hold back goes to 0 or 1, and no further.
  if (!share && (!std::isfinite(below) || !std::isfinite(above))) return std::nullopt;
  if (linear && is_near(below, -width) && is_near(above, width)) return linear;
  if (observation) {
    const double noise = reach * std::sqrt(fit.covariance->residual_variance);
    below = -std::hypot(below, noise);
    above = std::hypot(above, noise);
  }
  return Interval{level, back_transformed(scale, centre + below),
                  back_transformed(scale, centre + above),
                  observation ? "profile-observation" : "profile-mean"};
}

}  // namespace rung
