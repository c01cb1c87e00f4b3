#include "rung/fit/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/core/eigen.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/optimum/probes.hpp"

namespace rung {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Linear {
  RowMajor jacobian;         // [n x moving], rows times sqrt(weight)
  Eigen::VectorXd residual;  // t(y) - t(f), times sqrt(weight)
  std::vector<double> raw_residual;
  double largest_target = 0;  // |t(y)|
  std::vector<bool> weighs;   // rows of weight 0 count nowhere
};

Linear linear_at(const FitProblem& problem, const Fit& fit, const std::vector<int>& moving) {
  const Points& points = problem.points();
  std::vector<double> fitted;
  const std::vector<double> rows = residual_jacobian(problem, fit.theta, moving, fitted);
  const auto n = static_cast<Eigen::Index>(points.size());
  Linear linear{
      Eigen::Map<const RowMajor>(rows.data(), n, static_cast<Eigen::Index>(moving.size())),
      Eigen::VectorXd(n),
      {},
      0,
      {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double root = std::sqrt(points.weight(k));
    linear.weighs.push_back(root > 0);
    linear.raw_residual.push_back(transformed(problem.residual(), points.y(k)) -
                                  transformed(problem.residual(), fitted[k]));
    linear.largest_target =
        std::max(linear.largest_target, std::abs(transformed(problem.residual(), points.y(k))));
    linear.residual(i) = root * linear.raw_residual.back();
    linear.jacobian.row(i) *= root;
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

/// Leverages from the singular vectors, then what each point's absence would do.
void diagnose_points(const Linear& linear, const Eigen::MatrixXd& u, Diagnosis& result) {
  const auto n = linear.residual.size();
  const double counted = static_cast<double>(
      std::count_if(linear.weighs.begin(), linear.weighs.end(), [](bool w) { return w; }));
  const double p = static_cast<double>(u.cols()), dof = counted - p;
  const double rss = linear.residual.squaredNorm();
  // What is left of exact data is rounding, and says nothing of single rows.
  const bool exact = is_rounding(linear);
  const double tail = 0.05 / static_cast<double>(n);
  const double outlying = dof > 1 ? student_t_quantile(1 - tail / 2, dof - 1) : 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    PointDiagnosis point;
    point.residual = linear.raw_residual[static_cast<std::size_t>(i)];
    point.leverage = std::min(1.0, u.row(i).squaredNorm());
    const double left = 1 - point.leverage, r = linear.residual(i);
    if (left > 1e-9 && dof > 1 && !exact) {
      const double variance = rss / dof;
      const double without = (rss - r * r / left) / (dof - 1);
      if (without > 0) point.studentized = r / std::sqrt(without * left);
      if (variance > 0)
        point.cooks_distance = r * r * point.leverage / (p * variance * left * left);
      point.outlier = point.studentized && std::abs(*point.studentized) > outlying;
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

void write_notes(const Diagnosis& found, std::vector<std::string>& notes) {
  constexpr double kHardlyDetermined = 1e3;
  if (found.condition_number && *found.condition_number > kHardlyDetermined) {
    notes.push_back("the data hardly tell the parameters apart (condition number " +
                    significant(*found.condition_number, 2) + ")" +
                    (found.correlated_first.empty() ? ""
                                                    : ", least of all " + found.correlated_first +
                                                          " and " + found.correlated_second) +
                    ": trust predictions near the data, not single parameters");
  }
  const auto n_outliers = std::count_if(found.points.begin(), found.points.end(),
                                        [](const PointDiagnosis& point) { return point.outlier; });
  if (n_outliers > 0)
    notes.push_back(std::to_string(n_outliers) + (n_outliers == 1 ? " row does" : " rows do") +
                    " not belong with the others at the 5% level (see diagnosis)");
  if (found.alternatives_spread > 0)
    notes.push_back("what those other parameters predict there differs by up to " +
                    percent(found.alternatives_spread, 1));
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
    const Eigen::VectorXd length = linear.jacobian.colwise().norm();
    if (length.allFinite() && length.minCoeff() > 0) {
      const Eigen::MatrixXd scaled = linear.jacobian * length.cwiseInverse().asDiagonal();
      const Eigen::JacobiSVD<Eigen::MatrixXd> svd(scaled, Eigen::ComputeThinU);
      const Eigen::VectorXd values = svd.singularValues();
      if (values(values.size() - 1) > 0)
        result.condition_number = values(0) / values(values.size() - 1);
      if (linear.jacobian.rows() > linear.jacobian.cols())
        diagnose_points(linear, svd.matrixU(), result);
    }
  }
  if (fit.covariance) note_correlation(problem, *fit.covariance, result);
  result.alternatives_spread = spread_of_alternatives(problem, fit);
  write_notes(result, result.notes);
  return result;
}

std::optional<Covariance> sandwich_covariance(const FitProblem& problem, const Fit& fit,
                                              const std::vector<int>& cluster_of) {
  if (!fit.covariance) return std::nullopt;
  const std::vector<int>& moving = fit.covariance->coordinates;
  const Points& points = problem.points();
  std::vector<double> fitted;
  const std::vector<double> rows = residual_jacobian(problem, fit.theta, moving, fitted);
  const auto n = static_cast<Eigen::Index>(points.size()),
             p = static_cast<Eigen::Index>(moving.size());
  const Eigen::Map<const RowMajor> jacobian(rows.data(), n, p);
  const LossShape shape = problem.loss().shape();
  Eigen::MatrixXd bread = Eigen::MatrixXd::Zero(p, p);
  std::map<int, Eigen::VectorXd> scores;
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double r =
        transformed(problem.residual(), fitted[k]) - transformed(problem.residual(), points.y(k));
    const double side = r > 0 ? shape.weight_over : shape.weight_under;
    const double weight = points.weight(k) * side;
    if (std::abs(r) <= shape.delta) bread += weight * jacobian.row(i).transpose() * jacobian.row(i);
    const double psi = std::clamp(r, -shape.delta, shape.delta);
    if (weight == 0) continue;
    const int cluster = cluster_of.empty() ? static_cast<int>(i) : cluster_of[k];
    auto [place, added] = scores.try_emplace(cluster, Eigen::VectorXd::Zero(p));
    place->second += weight * psi * jacobian.row(i).transpose();
  }
  Eigen::MatrixXd meat = Eigen::MatrixXd::Zero(p, p);
  for (const auto& [cluster, score] : scores) meat += score * score.transpose();
  const Eigen::VectorXd size = bread.diagonal().cwiseSqrt();
  if (!size.allFinite() || size.minCoeff() <= 0) return std::nullopt;
  // Scaled first: parameters' units differ by many powers of ten.
  const Eigen::MatrixXd scale = size.cwiseInverse().asDiagonal();
  const Eigen::FullPivLU<Eigen::MatrixXd> lu(scale * bread * scale);
  if (!lu.isInvertible()) return std::nullopt;
  const Eigen::MatrixXd inverse = scale * lu.inverse() * scale;
  const double groups = static_cast<double>(scores.size()),
               count = fit.covariance->dof + static_cast<double>(p);
  if (groups < 2) return std::nullopt;
  const double free = count - static_cast<double>(p);
  const double widen =
      cluster_of.empty() ? count / free : groups / (groups - 1) * ((count - 1) / free);
  const Eigen::MatrixXd matrix = widen * inverse * meat * inverse;
  Covariance covariance = *fit.covariance;
  covariance.matrix.assign(matrix.data(), matrix.data() + matrix.size());
  if (!cluster_of.empty()) covariance.dof = groups - 1;
  return covariance;
}

Fit with_covariance(const FitProblem& problem, Fit fit, Covariance covariance, double level) {
  const std::vector<int>& moving = covariance.coordinates;
  const double t = student_t_quantile(0.5 + level / 2, covariance.dof);
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const auto found = std::find(moving.begin(), moving.end(), problem.coordinate_of(p));
    if (found == moving.end()) continue;
    const auto i = static_cast<std::size_t>(found - moving.begin());
    set_linear_interval(problem, fit.theta, p, std::sqrt(covariance.matrix[i * moving.size() + i]),
                        t, fit.parameters[static_cast<std::size_t>(p)]);
  }
  fit.covariance = std::move(covariance);
  return fit;
}

}  // namespace rung
