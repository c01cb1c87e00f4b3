#include "rung/fit/interval/resample.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/weighing.hpp"

namespace rung {
namespace {

/// Each point's share in its own prediction. Empty where the curvature is singular, or a point
/// alone determines a parameter.
std::vector<double> leverages_at(const FitProblem& problem, const std::vector<double>& theta) {
  const std::vector<double> z = problem.coordinates_of(theta);
  const auto covariance = covariance_at(problem, z);
  if (!covariance || !(covariance->estimate_variance > 0)) return {};
  const std::size_t p = covariance->coordinates.size();
  std::vector<double> fitted, leverages;
  const Matrix rows = residual_jacobian(problem, theta, covariance->coordinates, fitted);
  const Matrix matrix(p, p, covariance->matrix);
  for (std::size_t i = 0; i < problem.points().size(); ++i) {
    const double leverage = quadratic_form(matrix, rows.row(i)) *
                            weight_of_square(problem, i, fitted[i]) / covariance->estimate_variance;
    constexpr double kAlone = 0.999;
    if (!(leverage < kAlone)) return {};
    leverages.push_back(leverage);
  }
  return leverages;
}

std::vector<double> weights_of(const Points& points) {
  return {points.weights().data(), points.weights().data() + points.size()};
}

/// Clusters numbered anew. Points of weight 0 belong to none: drawing them would only leave fewer
/// draws for the others.
std::vector<int> clusters_that_weigh(const Points& points, const std::vector<int>& cluster_of) {
  std::vector<int> numbers, clusters(points.size(), -1);
  int n = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    const auto given = static_cast<std::size_t>(cluster_of[i]);
    if (numbers.size() <= given) numbers.resize(given + 1, -1);
    if (numbers[given] < 0) numbers[given] = n++;
    clusters[i] = numbers[given];
  }
  return clusters;
}

Bootstrap draw_whole(const FitProblem& problem, const std::vector<double>& theta,
                     const std::vector<int>& given, const ResampleOptions& options) {
  std::vector<int> cluster_of = clusters_that_weigh(problem.points(), given);
  const int n_clusters =
      cluster_of.empty() ? 0 : *std::max_element(cluster_of.begin(), cluster_of.end()) + 1;
  if (n_clusters < 2)
    throw InputError("a bootstrap needs at least two " +
                     std::string(options.kind == ResampleKind::clusters ? "clusters" : "points"));
  return bootstrap(
      problem, theta,
      draw_clusters(std::move(cluster_of), n_clusters, weights_of(problem.points()), options.seed),
      {.n_replicates = options.n_replicates, .n_threads = options.n_threads});
}

Bootstrap draw_residuals(const FitProblem& problem, const std::vector<double>& theta,
                         const ResampleOptions& options) {
  const Points& points = problem.points();
  const std::vector<double> fitted = problem.predict(theta, points);
  const std::vector<double> residuals = widened_residuals(problem, theta);
  const std::vector<double> start = problem.coordinates_of(theta);
  const std::size_t p = theta.size();
  Bootstrap result;
  result.n_parameters = p;
  result.theta.resize(options.n_replicates * p);
  result.objective.resize(options.n_replicates);
  std::vector<unsigned char> converged(options.n_replicates);
  parallel_for(
      options.n_replicates, options.n_threads,
      [&](std::size_t replicate) {
        Rng rng(options.seed, replicate);
        Points drawn = points;
        std::vector<double> inputs(points.n_inputs());
        for (std::size_t i = 0; i < points.size(); ++i) {
          if (points.weight(i) == 0) continue;
          for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = points.input(k, i);
          // Residuals are those of a point of weight 1: a heavier one scatters less.
          const double residual =
              residuals[rng.below(static_cast<std::uint32_t>(residuals.size()))] /
              std::sqrt(points.weight(i));
          drawn.set(i, inputs,
                    back_transformed(problem.residual(),
                                     transformed(problem.residual(), fitted[i]) + residual),
                    points.weight(i));
        }
        const FitProblem refit = problem.with_points(drawn);
        const Minimum minimum = minimize(refit, start);
        const std::vector<double> at = refit.theta_at(minimum.z);
        std::copy(at.begin(), at.end(), result.theta.begin() + static_cast<long>(replicate * p));
        result.objective[replicate] = minimum.objective;
        converged[replicate] = minimum.converged;
      },
      "bootstrap");
  result.n_not_converged =
      static_cast<std::size_t>(std::count(converged.begin(), converged.end(), false));
  return result;
}

}  // namespace

Bootstrap resample(const FitProblem& problem, const std::vector<double>& theta,
                   const ResampleOptions& options) {
  if (options.kind == ResampleKind::residuals && problem.loss().kind == LossKind::binomial)
    throw InputError("a residual bootstrap makes no shares of questions",
                     "--bootstrap-kind case or cluster:COLUMN");
  if (options.kind == ResampleKind::residuals) return draw_residuals(problem, theta, options);
  if (options.kind == ResampleKind::clusters)
    return draw_whole(problem, theta, options.cluster_of, options);
  std::vector<int> own(problem.points().size());
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<int>(i);
  return draw_whole(problem, theta, own, options);
}

std::optional<Interval> percentile_interval(std::vector<double> values, double level,
                                            const std::string& method) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  constexpr std::size_t kFewest = 20;
  if (values.size() < kFewest) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{level, sorted_quantile(values, 0.5 - level / 2),
                  sorted_quantile(values, 0.5 + level / 2), method};
}

std::vector<double> widened_residuals(const FitProblem& problem, const std::vector<double>& theta) {
  const Points& points = problem.points();
  const std::vector<double> fitted = problem.predict(theta, points);
  const std::vector<double> leverages = leverages_at(problem, theta);
  std::vector<double> residuals;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    // A residual of a heavy point stands for what one of weight 1 would be off by.
    residuals.push_back((transformed(problem.residual(), points.y(i)) -
                         transformed(problem.residual(), fitted[i])) *
                        std::sqrt(points.weight(i)));
    if (!leverages.empty()) residuals.back() /= std::sqrt(1 - leverages[i]);
  }
  const double centre = mean(residuals);
  const double n = static_cast<double>(residuals.size());
  const double p = std::min(n - 1, static_cast<double>(problem.n_free()));
  const double widening = leverages.empty() ? std::sqrt(n / (n - p)) : std::sqrt(n / (n - 1));
  for (double& residual : residuals) residual = (residual - centre) * widening;
  return residuals;
}

std::vector<double> with_residuals(const std::vector<double>& means,
                                   std::span<const double> residuals, Residual residual,
                                   std::uint64_t seed) {
  std::vector<double> values;
  for (std::size_t i = 0; i < means.size(); ++i) {
    Rng rng(seed, i);
    values.push_back(back_transformed(
        residual, transformed(residual, means[i]) +
                      residuals[rng.below(static_cast<std::uint32_t>(residuals.size()))]));
  }
  return values;
}

}  // namespace rung
