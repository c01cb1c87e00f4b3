#include "rung/fit/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/group_indicator.hpp"
#include "rung/fit/optimum/probes.hpp"
#include "rung/fit/outliers.hpp"
#include "rung/fit/weighing.hpp"

namespace rung {
namespace {

struct Linear {
  Matrix jacobian;               // [n x moving], rows times sqrt(weight)
  std::vector<double> residual;  // t(y) - t(f), times sqrt(weight)
  std::vector<double> raw_residual;
  double largest_target = 0;  // |t(y)|
  std::vector<bool> weighs;   // rows of weight 0 count nowhere
};

Linear linear_at(const FitProblem& problem, const Fit& fit, const std::vector<int>& moving) {
  const Points& points = problem.points();
  std::vector<double> fitted;
  Linear linear;
  linear.jacobian = residual_jacobian(problem, fit.theta, moving, fitted);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double root = std::sqrt(weight_of_square(problem, i, fitted[i]));
    linear.weighs.push_back(root > 0);
    linear.raw_residual.push_back(transformed(problem.residual(), points.y(i)) -
                                  transformed(problem.residual(), fitted[i]));
    linear.largest_target =
        std::max(linear.largest_target, std::abs(transformed(problem.residual(), points.y(i))));
    linear.residual.push_back(root * linear.raw_residual.back());
    scale(root, linear.jacobian.row(i));
  }
  return linear;
}

std::string name_of(const FitProblem& problem, int coordinate) {
  return problem.law()
      .info.parameters[static_cast<std::size_t>(problem.parameter_of(coordinate))]
      .name;
}

void note_correlation(const FitProblem& problem, const Covariance& covariance, Diagnosis& result) {
  const std::size_t p = covariance.coordinates.size();
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double r = covariance.matrix[i * p + j] /
                       std::sqrt(covariance.matrix[i * p + i] * covariance.matrix[j * p + j]);
      if (std::abs(r) <= std::abs(result.correlation)) continue;
      result.correlation = r;
      result.correlated_first = name_of(problem, covariance.coordinates[j]);
      result.correlated_second = name_of(problem, covariance.coordinates[i]);
    }
  }
}

/// Whether no residual is larger than the rounding of the observations.
bool is_rounding(const Linear& linear) {
  constexpr double kRounding = 1e-12;
  double largest = 0;
  for (const double residual : linear.raw_residual) largest = std::max(largest, std::abs(residual));
  return largest <= kRounding * linear.largest_target;
}

/// Whether some residual is so far out that the loss bounds its pull, so that the fit does not
/// follow it.
bool bounds_some(const FitProblem& problem, const Linear& linear) {
  const LossShape shape = problem.loss().shape(problem.least_huber_delta());
  return !shape.binomial &&
         std::any_of(linear.raw_residual.begin(), linear.raw_residual.end(),
                     [&](double residual) { return std::abs(residual) > shape.delta; });
}

/// Leverages from the singular vectors, then what each point's absence would do. Least squares
/// follow each point by its leverage; a fit that is `bounded` stays where it is without a point
/// that is far out, and this lies as far off it as it does.
void diagnose_points(const Linear& linear, const Matrix& u, bool bounded, Diagnosis& result) {
  const std::size_t n = linear.residual.size();
  const double counted = static_cast<double>(
      std::count_if(linear.weighs.begin(), linear.weighs.end(), [](bool w) { return w; }));
  const double p = static_cast<double>(u.n_columns), dof = counted - p;
  const double rss = squared_norm(linear.residual);
  // The residuals of exact data are rounding, and say nothing about single rows.
  const bool exact = is_rounding(linear);
  const double tail = 0.05 / static_cast<double>(n);
  const double outlying = dof > 1 ? student_t_quantile(1 - tail / 2, dof - 1) : 0;
  std::vector<bool> hidden(n, false);  // behind each other
  if (dof > 1 && !exact) hidden = outliers_among({linear.residual, linear.weighs, u, bounded});
  for (std::size_t i = 0; i < n; ++i) {
    PointDiagnosis point;
    point.residual = linear.raw_residual[i];
    point.leverage = std::min(1.0, squared_norm(u.row(i)));
    const double left = 1 - point.leverage, r = linear.residual[i];
    const double kept = bounded ? 1 : left;  // of a deletion residual
    if (left > 1e-9 && dof > 1 && !exact) {
      const double variance = rss / dof;
      const double without = (rss - r * r / kept) / (dof - 1);
      if (without > 0) point.studentized = r / std::sqrt(without * kept);
      if (variance > 0)
        point.cooks_distance = r * r * point.leverage / (p * variance * left * left);
      point.outlier = hidden[i] || (point.studentized && std::abs(*point.studentized) > outlying);
    }
    point.influential = point.leverage > 0.5 || (point.cooks_distance && *point.cooks_distance > 1);
    result.points.push_back(point);
  }
}

/// Under priors a fit follows each point by less than by the data alone, as its covariance says,
/// and the noise is known. Half a weight is an observation's, for the objective sums whole squares.
void diagnose_points_of_posterior(const Linear& linear, const Covariance& covariance,
                                  Diagnosis& result) {
  const std::size_t n = linear.residual.size();
  const double p = static_cast<double>(covariance.coordinates.size());
  const double outlying = normal_quantile(1 - 0.05 / (2 * static_cast<double>(n)));
  constexpr double kHalves = 2;
  for (std::size_t i = 0; i < n; ++i) {
    PointDiagnosis point;
    point.residual = linear.raw_residual[i];
    point.leverage =
        std::min(1.0, kHalves * variance_along(covariance, linear.jacobian.row(i)).value_or(1));
    const double left = 1 - point.leverage, r = std::sqrt(kHalves) * linear.residual[i];
    if (left > 1e-9) {
      point.studentized = r / std::sqrt(left);
      point.cooks_distance = r * r * point.leverage / (p * left * left);
      point.outlier = std::abs(*point.studentized) > outlying;
    }
    point.influential = point.leverage > 0.5 || (point.cooks_distance && *point.cooks_distance > 1);
    result.points.push_back(point);
  }
}

/// The largest relative difference between the fit's and the alternatives' predictions at ten
/// times the largest inputs, each alone and all together.
double spread_of_alternatives(const FitProblem& problem, const Fit& fit) {
  const Points far = probes_of(problem);
  const std::vector<double> best = problem.predict(fit.theta, far);
  double spread = 0;
  for (const Alternative& alternative : fit.alternatives) {
    const std::vector<double> other = problem.predict(alternative.theta, far);
    for (std::size_t i = 0; i < best.size(); ++i) {
      const double difference = std::abs(other[i] / best[i] - 1);
      if (std::isfinite(difference)) spread = std::max(spread, difference);
    }
  }
  return spread;
}

std::string inputs_words(const FitProblem& problem, std::size_t point) {
  return point_words(problem.law(), problem.points(), point,
                     [](double value) { return significant(value); });
}

/// The first few outliers by their inputs, "" without one.
std::string outlier_words(const Diagnosis& found, const FitProblem& problem) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<std::string> named;
  std::size_t n = 0;
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    if (found.points[i].outlier && n++ < kMostNamed) named.push_back(inputs_words(problem, i));
  }
  if (n == 0) return "";
  return std::to_string(n) + (n == 1 ? " row does" : " rows do") +
         " not belong with the others at the 5% level: " + join(named, "; ") +
         (n > named.size() ? " and " + std::to_string(n - named.size()) + " more" : "");
}

void write_doubts(const Diagnosis& found, const FitProblem& problem,
                  std::vector<std::string>& notes) {
  constexpr double kHardlyDetermined = 1e3;
  if (found.condition_number && *found.condition_number > kHardlyDetermined) {
    notes.push_back("the data hardly tell the parameters apart (condition number " +
                    significant(*found.condition_number, 2) + ")" +
                    (found.correlated_first.empty() ? ""
                                                    : ", least of all " + found.correlated_first +
                                                          " and " + found.correlated_second) +
                    ": trust predictions near the data, not single parameters");
  }
  if (const std::string outliers = outlier_words(found, problem); !outliers.empty())
    notes.push_back(outliers);
}

void write_alternatives(const Diagnosis& found, std::vector<std::string>& notes) {
  constexpr double kShown = 5e-4;  // else it is 0.0%
  if (found.alternatives_spread >= kShown)
    notes.push_back("what those other parameters predict there differs by up to " +
                    percent(found.alternatives_spread, 1) +
                    ", and others that fit nearly as well may differ by more");
  else if (found.alternatives_spread > 0)
    notes.push_back(
        "those other parameters predict the same there, but others that fit nearly as well may "
        "not");
}

}  // namespace

Diagnosis diagnose(const FitProblem& problem, const Fit& fit) {
  Diagnosis result;
  std::vector<int> moving;
  const std::vector<double> z = problem.coordinates_of(fit.theta);
  for (int c = 0; c < problem.n_free(); ++c) {
    if (at_bound(problem, z, c))
      result.at_bounds.push_back(name_of(problem, c));
    else
      moving.push_back(c);
  }
  if (!moving.empty()) {
    const Linear linear = linear_at(problem, fit, moving);
    std::vector<double> length = column_norms(linear.jacobian);
    if (all_finite(length) && *std::min_element(length.begin(), length.end()) > 0) {
      Matrix scaled = linear.jacobian;
      for (double& one : length) one = 1 / one;
      scale_columns(length, scaled);
      const SingularValues svd = singular_values(scaled, SingularVectors::left);
      if (svd.values.back() > 0) result.condition_number = svd.values.front() / svd.values.back();
      if (problem.has_priors() && problem.loss().kind == LossKind::squared && fit.covariance &&
          fit.covariance->coordinates == moving)
        diagnose_points_of_posterior(linear, *fit.covariance, result);
      else if (scaled.n_rows > scaled.n_columns)
        diagnose_points(linear, svd.u, bounds_some(problem, linear), result);
    }
  }
  if (fit.stopped_early) {
    // Rows may stand off a curve that is not the best one.
    for (PointDiagnosis& point : result.points) point.outlier = false;
  }
  if (fit.covariance) note_correlation(problem, *fit.covariance, result);
  result.alternatives_spread = spread_of_alternatives(problem, fit);
  write_doubts(result, problem, result.doubts);
  result.notes = result.doubts;
  write_alternatives(result, result.notes);
  return result;
}

std::optional<Covariance> sandwich_covariance(const FitProblem& problem, const Fit& fit,
                                              const std::vector<int>& cluster_of) {
  if (!fit.covariance) return std::nullopt;
  const std::vector<int>& moving = fit.covariance->coordinates;
  const Points& points = problem.points();
  std::vector<double> fitted;
  const Matrix jacobian = residual_jacobian(problem, fit.theta, moving, fitted);
  const std::size_t p = moving.size();
  const LossShape shape = problem.loss().shape();
  Matrix bread(p, p);
  std::map<int, std::vector<double>> scores;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double r =
        transformed(problem.residual(), fitted[i]) - transformed(problem.residual(), points.y(i));
    const double side = r > 0 ? shape.weight_over : shape.weight_under;
    const double weight = weight_of_square(problem, i, fitted[i]) * side;
    if (std::abs(r) <= shape.delta) add_outer(weight, jacobian.row(i), bread);
    const double psi = std::clamp(r, -shape.delta, shape.delta);
    if (weight == 0) continue;
    const int cluster = cluster_of.empty() ? static_cast<int>(i) : cluster_of[i];
    const auto place = scores.try_emplace(cluster, p, 0.0).first;
    add_scaled(weight * psi, jacobian.row(i), place->second);
  }
  Matrix meat(p, p);
  for (const auto& [cluster, score] : scores) add_outer(1, score, meat);
  // Scaled first: parameters' units differ by many powers of ten.
  const auto scales = unit_diagonal_scale(bread);
  if (!scales) return std::nullopt;
  const auto scaled_inverse = symmetric_inverse(scaled_both_ways(bread, *scales));
  if (!scaled_inverse) return std::nullopt;
  const Matrix inverse = scaled_both_ways(*scaled_inverse, *scales);
  const double groups = static_cast<double>(scores.size()),
               count = static_cast<double>(n_weighing(points));
  if (groups < 2) return std::nullopt;
  const double free = count - static_cast<double>(p);
  const double widen =
      cluster_of.empty() ? count / free : groups / (groups - 1) * ((count - 1) / free);
  Covariance covariance = *fit.covariance;
  covariance.matrix = product(product(inverse, meat), inverse).values;
  scale(widen, covariance.matrix);
  covariance.dof = cluster_of.empty() ? free : groups - 1;
  return covariance;
}

Fit with_covariance(const FitProblem& problem, Fit fit, Covariance covariance, double level) {
  const std::vector<int>& moving = covariance.coordinates;
  const double t = student_t_quantile(0.5 + level / 2, covariance.dof);
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const auto found = std::find(moving.begin(), moving.end(), problem.coordinate_of(p));
    if (found == moving.end()) continue;
    const auto i = static_cast<std::size_t>(found - moving.begin());
    const double sd = std::sqrt(covariance.matrix[i * moving.size() + i]);
    set_linear_interval(problem, fit.theta, p, {sd, t},
                        fit.parameters[static_cast<std::size_t>(p)]);
  }
  fit.covariance = std::move(covariance);
  return fit;
}

}  // namespace rung
