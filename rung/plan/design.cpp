#include "rung/plan/design.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/uncertainty.hpp"

namespace rung::plan {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

Vector slope_at(const FitProblem& problem, const Fit& fit, const std::vector<double>& inputs) {
  const std::vector<double> slope =
      prediction_gradient(problem, fit.theta, *fit.covariance, inputs).slope;
  return Eigen::Map<const Vector>(slope.data(), static_cast<Eigen::Index>(slope.size()));
}

/// Covariance after one more run of slope g and noise variance s^2 (Sherman and Morrison).
Matrix after(const Matrix& covariance, const Vector& g, double noise) {
  const Vector moved = covariance * g;
  return covariance - moved * moved.transpose() / (noise + g.dot(moved));
}

double mean_variance(const Matrix& covariance, const std::vector<Vector>& targets,
                     std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += targets[i].dot(covariance * targets[i]);
  return sum / static_cast<double>(count);
}

/// Fall of the criterion's logarithm.
double gain_of(const Matrix& covariance, const Vector& g, double noise,
               const std::vector<Vector>& targets, Criterion criterion) {
  if (criterion == Criterion::d) return std::log1p(g.dot(covariance * g) / noise);
  const std::size_t count = criterion == Criterion::c ? 1 : targets.size();
  return std::log(mean_variance(covariance, targets, count) /
                  mean_variance(after(covariance, g, noise), targets, count));
}

/// Correlation of ln N and ln D over all runs.
void warn_of_collinearity(const FitProblem& problem, const std::vector<Candidate>& candidates,
                          const Design& design, std::vector<std::string>& warnings) {
  const std::vector<InputInfo>& inputs = problem.law().info.inputs;
  const Points& points = problem.points();
  for (std::size_t a = 0; a < inputs.size(); ++a) {
    for (std::size_t b = a + 1; b < inputs.size(); ++b) {
      if (!inputs[a].positive || !inputs[b].positive) continue;
      std::vector<double> x, y;
      for (std::size_t i = 0; i < points.size(); ++i) {
        x.push_back(std::log(points.input(a, i)));
        y.push_back(std::log(points.input(b, i)));
      }
      for (const Chosen& chosen : design.runs) {
        x.push_back(std::log(candidates[chosen.candidate].inputs[a]));
        y.push_back(std::log(candidates[chosen.candidate].inputs[b]));
      }
      const auto n = static_cast<Eigen::Index>(x.size());
      const Eigen::ArrayXd u = Eigen::Map<Eigen::ArrayXd>(x.data(), n),
                           v = Eigen::Map<Eigen::ArrayXd>(y.data(), n);
      const Eigen::ArrayXd du = u - u.mean(), dv = v - v.mean();
      const double r = (du * dv).sum() / std::sqrt(du.square().sum() * dv.square().sum());
      constexpr double kTogether = 0.98;
      if (!(std::abs(r) < kTogether))
        warnings.push_back(inputs[a].name + " and " + inputs[b].name +
                           " move together in all runs (correlation of logarithms " +
                           significant(r, 3) +
                           "), so their effects can't be told apart: vary their ratio");
    }
  }
}

}  // namespace

Design next_runs(const FitProblem& problem, const Fit& fit,
                 const std::vector<Candidate>& candidates, const DesignOptions& options) {
  if (!fit.covariance)
    throw InputError("the runs so far don't determine the law, so what more would help is unknown",
                     "hold parameters with --fix, or give priors");
  if (options.criterion != Criterion::d && options.targets.empty())
    throw InputError("criterion c and v need a target", "--at \"N=7e9, D=4e12\"");
  const double noise = fit.covariance->residual_variance;
  const auto p = static_cast<Eigen::Index>(fit.covariance->coordinates.size());
  Matrix covariance = Eigen::Map<const Matrix>(fit.covariance->matrix.data(), p, p);
  std::vector<Vector> targets, slopes;
  for (const auto& inputs : options.targets) targets.push_back(slope_at(problem, fit, inputs));
  for (const Candidate& candidate : candidates) {
    if (!(candidate.cost > 0)) throw InputError("a candidate's cost is not positive");
    slopes.push_back(slope_at(problem, fit, candidate.inputs));
  }
  const auto target_stderr = [&]() -> std::optional<double> {
    if (targets.empty()) return std::nullopt;
    return std::sqrt(mean_variance(covariance, targets, 1));
  };
  Design design{.stderr_before = target_stderr()};
  std::vector<int> left(candidates.size(), options.most_repeats);
  for (;;) {
    std::optional<std::size_t> best;
    double most = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (left[i] == 0 || design.cost + candidates[i].cost > options.budget) continue;
      const double gain =
          gain_of(covariance, slopes[i], noise, targets, options.criterion) / candidates[i].cost;
      if (gain > most) most = gain, best = i;
    }
    if (!best) break;
    --left[*best];
    design.cost += candidates[*best].cost;
    covariance = after(covariance, slopes[*best], noise);
    design.runs.push_back({*best, target_stderr()});
  }
  if (design.runs.empty()) design.warnings.push_back("no candidate fits the budget");
  warn_of_collinearity(problem, candidates, design, design.warnings);
  return design;
}

}  // namespace rung::plan
