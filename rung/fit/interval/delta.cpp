#include "rung/fit/interval/delta.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/index.hpp"
#include "rung/fit/weighing.hpp"

namespace rung {
namespace {

/// How near a bound counts as on it, where the objective is the same there.
constexpr double nearness = 1e-9;
/// Of the least number that has one in full.
constexpr double least_logarithm = -700;

/// Free coordinates without an active bound.
std::vector<int> moving_coordinates(const FitProblem& problem, const std::vector<double>& z) {
  std::vector<int> moving;
  for (int c = 0; c < problem.n_free(); ++c) {
    if (!at_bound(problem, z, c)) moving.push_back(c);
  }
  return moving;
}

/// The same, with those at a bound that they could move away from. What the data say of the law
/// near there depends on them as well; only profiles, which squares alone have, see how far they
/// go.
std::vector<int> all_coordinates(const FitProblem& problem, const std::vector<double>& z) {
  std::vector<int> all;
  for (int c = 0; c < problem.n_free(); ++c) {
    const bool has_left =
        problem.underflows(problem.parameter_of(c), z[at(c)]) || at_zero(problem, z, c);
    if (!has_left) all.push_back(c);
  }
  return all;
}

/// Whether the objective is the same with the coordinate at `value`. Tiny may still matter: what it
/// multiplies may be huge.
bool is_same_at(const FitProblem& problem, std::vector<double> z, int coordinate, double value) {
  const double objective = problem.objective(z.data());
  z[at(coordinate)] = value;
  return std::abs(problem.objective(z.data()) - objective) <=
         1e-9 * objective + problem.rounding(objective);
}

/// d t(f) / d coordinate for each of `coordinates`, one row a point.
Matrix jacobian_at(const FitProblem& problem, const std::vector<double>& theta,
                   const Points& points, const std::vector<int>& coordinates,
                   std::vector<double>& f_out) {
  const std::size_t padded = points.n_padded();
  const AlignedArray unused(padded);
  AlignedArray f(padded), jacobian(padded * at(problem.n_parameters()));
  KernelCall call = problem.call_at(theta.data());
  call.points = points.view(unused);
  problem.law().kernel.jacobian(problem.law().kernel.self.get(), call, f.data(), jacobian.data());
  Matrix rows(points.size(), coordinates.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double slope = transformed_slope(problem.residual(), f[i]);
    for (int p = 0; p < problem.n_parameters(); ++p) {
      for (std::size_t c = 0; c < coordinates.size(); ++c) {
        if (problem.coordinate_of(p) != coordinates[c]) continue;
        rows(i, c) += slope * jacobian[at(p) * padded + i];
      }
    }
  }
  f_out.assign(f.data(), f.data() + points.size());
  return rows;
}

/// Variances of a residual of weight 1: as it moves the estimate, and as it scatters.
struct Scatter {
  double of_estimate, of_observation;
  double mean_slope = 1;  // of psi
};

/// With psi the loss's slope and psi' its curvature: K^2 s^2 with s^2 = [sum w psi^2 / (n - p)] /
/// [mean psi']^2 and K = 1 + p/n var(psi') / [mean psi']^2. A fit goes through p of the points
/// whatever the noise. Where fewer than half of the others' residuals lie within the loss's delta
/// (none do with a kink), too few would say how dense they are there: the mean of psi' is then
/// taken from the nearest half of the others, and K is 1. One observation's scatter is measured
/// with psi of the wider delta.
Scatter scatter_of(const FitProblem& problem, const std::vector<double>& f, double p) {
  const Points& points = problem.points();
  const double n = static_cast<double>(n_weighing(points));
  std::vector<double> residuals, sizes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    residuals.push_back(transformed(problem.residual(), f[i]) -
                        transformed(problem.residual(), points.y(i)));
    if (points.weight(i) > 0) sizes.push_back(std::abs(residuals.back()));
  }
  std::sort(sizes.begin(), sizes.end());
  const LossShape shape = problem.loss().shape(problem.least_huber_delta());
  if (shape.binomial) return {1, 1};  // the number of questions says how much they scatter
  const double half_of_others = sizes[static_cast<std::size_t>((n + p) / 2)];
  const bool narrow = shape.delta < half_of_others;
  const double wide = narrow ? half_of_others : shape.delta;
  double squares = 0, squares_within = 0, slope = 0, slope_squared = 0, n_within = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    const double size = std::abs(residuals[i]);
    const double side = residuals[i] > 0 ? shape.weight_over : shape.weight_under;
    const double psi = side * std::min(size, shape.delta), within = std::min(size, wide);
    squares += points.weight(i) * psi * psi;
    squares_within += points.weight(i) * within * within;
    if (size > wide) continue;
    slope += side / n;
    slope_squared += side * side / n;
    ++n_within;
  }
  if (slope == 0) return {kInfinity, kInfinity};
  double correction = 1 + p / n * (slope_squared / (slope * slope) - 1);
  if (narrow) {
    const double jump = (shape.weight_over + shape.weight_under) / 2 * shape.delta;
    slope = jump / wide * (n_within - p) / (n - p);
    correction = 1;
  }
  return {correction * correction * squares / (n - p) / (slope * slope),
          squares_within / (n - p) / (n_within / n * (n_within / n)), slope};
}

}  // namespace

bool at_zero(const FitProblem& problem, const std::vector<double>& z, int coordinate) {
  return problem.of_log(problem.parameter_of(coordinate)) &&
         problem.lower(coordinate) <= least_logarithm && z[at(coordinate)] <= std::log(nearness) &&
         is_same_at(problem, z, coordinate, least_logarithm);
}

bool at_bound(const FitProblem& problem, const std::vector<double>& z, int coordinate) {
  const double value = z[at(coordinate)];
  if (problem.underflows(problem.parameter_of(coordinate), value)) return true;
  const double lower = problem.lower(coordinate), upper = problem.upper(coordinate);
  const double bound = value - lower < upper - value ? lower : upper;
  if (value == bound || at_zero(problem, z, coordinate)) return true;
  return std::abs(value - bound) <= nearness * (1 + std::abs(value)) &&
         is_same_at(problem, z, coordinate, bound);
}

bool any_at_bound(const FitProblem& problem, const std::vector<double>& z) {
  for (int c = 0; c < problem.n_free(); ++c) {
    if (at_bound(problem, z, c)) return true;
  }
  return false;
}

bool is_known_by_logarithm(const FitProblem& problem, const std::vector<double>& theta,
                           int parameter) {
  if (problem.of_log(parameter)) return true;
  if (problem.residual() != Residual::log || theta[at(parameter)] == 0) return false;
  for (int p = 0; p < problem.n_parameters(); ++p) {
    if (p != parameter && problem.coordinate_of(p) == problem.coordinate_of(parameter))
      return false;
  }
  std::vector<double> doubled = theta;
  doubled[at(parameter)] *= 2;
  const std::vector<double> f = problem.predict(theta, problem.points()),
                            g = problem.predict(doubled, problem.points());
  constexpr double kRounding = 1e-9;
  for (std::size_t i = 0; i < f.size(); ++i) {
    if (!(std::abs(g[i] / (2 * f[i]) - 1) <= kRounding)) return false;
  }
  return true;
}

void set_linear_interval(const FitProblem& problem, const std::vector<double>& theta, int parameter,
                         StandardError error, ParameterEstimate& estimate) {
  const auto [sd, t] = error;
  const double value = theta[at(parameter)];
  double lower = value - t * sd, upper = value + t * sd;
  estimate.stderror = problem.of_log(parameter) ? value * sd : sd;
  if (is_known_by_logarithm(problem, theta, parameter)) {
    const double factor = std::exp(t * *estimate.stderror / std::abs(value));
    lower = value > 0 ? value / factor : value * factor;
    upper = value > 0 ? value * factor : value / factor;
  }
  estimate.lower = std::isfinite(lower) ? std::optional(lower) : std::nullopt;
  estimate.upper = std::isfinite(upper) ? std::optional(upper) : std::nullopt;
}

namespace {

/// Absent where the points do not determine all of the coordinates: where one of their combinations
/// moves the law by less than `singular` of what another one does.
std::optional<Covariance> covariance_of(const FitProblem& problem, const std::vector<double>& z,
                                        std::vector<int> coordinates, double singular) {
  const Points& points = problem.points();
  const std::vector<double> theta = problem.theta_at(z);
  Covariance covariance;
  covariance.coordinates = std::move(coordinates);
  const double n = static_cast<double>(n_weighing(points)),
               p = static_cast<double>(covariance.coordinates.size());
  covariance.dof = n - p;
  if (p == 0 || covariance.dof < 1) return std::nullopt;
  constexpr double kKnownNoise = 1e6;  // Student's t is then the normal
  if (problem.loss().kind == LossKind::binomial) covariance.dof = kKnownNoise;

  std::vector<double> f;
  Matrix rows = jacobian_at(problem, theta, points, covariance.coordinates, f);
  const Scatter scatter = scatter_of(problem, f, p);
  if (!(scatter.of_estimate < kInfinity)) return std::nullopt;
  covariance.residual_variance = scatter.of_observation;
  covariance.estimate_variance = scatter.of_estimate;
  covariance.mean_slope = scatter.mean_slope;
  for (std::size_t i = 0; i < points.size(); ++i)
    scale(std::sqrt(weight_of_square(problem, i, f[i])), rows.row(i));

  std::vector<double> inverse_length = column_norms(rows);
  for (double& length : inverse_length) {
    if (!(length > 0) || !std::isfinite(length)) return std::nullopt;
    length = 1 / length;
  }
  scale_columns(inverse_length, rows);
  const SingularValues svd = singular_values(rows, SingularVectors::right);
  if (svd.values.back() <= singular * svd.values.front()) return std::nullopt;
  Matrix root = svd.v;
  for (std::size_t i = 0; i < root.n_rows; ++i) {
    for (std::size_t k = 0; k < root.n_columns; ++k)
      root(i, k) *= inverse_length[i] / svd.values[k];
  }
  covariance.matrix = product_transposed(root, root).values;
  scale(scatter.of_estimate, covariance.matrix);
  return covariance;
}

}  // namespace

std::optional<Covariance> covariance_at(const FitProblem& problem, const std::vector<double>& z,
                                        int fixed) {
  const auto without_fixed = [fixed](std::vector<int> coordinates) {
    std::erase(coordinates, fixed);
    return coordinates;
  };
  if (problem.loss().kind != LossKind::squared && any_at_bound(problem, z)) {
    constexpr double kHardlyTold = 1e-4;
    auto of_all =
        covariance_of(problem, z, without_fixed(all_coordinates(problem, z)), kHardlyTold);
    if (of_all) return of_all;
  }
  constexpr double kSingular = 1e-10;
  return covariance_of(problem, z, without_fixed(moving_coordinates(problem, z)), kSingular);
}

Matrix residual_jacobian(const FitProblem& problem, const std::vector<double>& theta,
                         const std::vector<int>& coordinates, std::vector<double>& fitted) {
  return jacobian_at(problem, theta, problem.points(), coordinates, fitted);
}

PredictionGradient prediction_gradient(const FitProblem& problem, const std::vector<double>& theta,
                                       const Covariance& covariance,
                                       std::span<const double> inputs) {
  Points one(inputs.size(), 1);
  one.set(0, inputs, 1);
  std::vector<double> f;
  Matrix row = jacobian_at(problem, theta, one, covariance.coordinates, f);
  return {transformed(problem.residual(), f.front()), std::move(row.values)};
}

Residual interval_scale(const FitProblem& problem) {
  return problem.loss().kind == LossKind::binomial ? Residual::logit : problem.residual();
}

std::optional<double> variance_along(const Covariance& covariance, std::span<const double> slope) {
  constexpr double kLost = 1e-13;  // share of the summands' sizes that is rounding
  const std::size_t p = covariance.coordinates.size();
  double sum = 0, sizes = 0;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t k = 0; k < p; ++k) {
      const double summand = slope[i] * covariance.matrix[i * p + k] * slope[k];
      sum += summand;
      sizes += std::abs(summand);
    }
  }
  return sum >= kLost * sizes ? std::optional(sum) : std::nullopt;
}

std::vector<std::optional<Interval>> delta_intervals(const FitProblem& problem, const Fit& fit,
                                                     const Points& at, double level,
                                                     bool observation) {
  std::vector<std::optional<Interval>> intervals(at.size());
  if (!fit.covariance) return intervals;
  const Covariance& covariance = *fit.covariance;
  std::vector<double> f;
  const Matrix slopes = jacobian_at(problem, fit.theta, at, covariance.coordinates, f);
  const double t = student_t_quantile(0.5 + level / 2, covariance.dof);
  const Residual scale = interval_scale(problem);
  const bool share = scale != problem.residual();
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto of_mean = variance_along(covariance, slopes.row(i));
    if (!of_mean) continue;
    const double variance = *of_mean + (observation ? covariance.residual_variance : 0);
    const double reach = t * std::sqrt(variance) * (share ? transformed_slope(scale, f[i]) : 1);
    const double centre = transformed(scale, f[i]);
    const double lower = back_transformed(scale, centre - reach);
    const double upper = back_transformed(scale, centre + reach);
    if (!std::isfinite(lower) || !std::isfinite(upper)) continue;
    intervals[i] = Interval{level, lower, upper, observation ? "delta-observation" : "delta-mean"};
  }
  return intervals;
}

std::optional<Interval> delta_interval(const FitProblem& problem, const Fit& fit,
                                       std::span<const double> inputs, double level,
                                       bool observation) {
  Points one(inputs.size(), 1);
  one.set(0, inputs, 1);
  return delta_intervals(problem, fit, one, level, observation).front();
}

}  // namespace rung
