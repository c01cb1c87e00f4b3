#include "rung/study/table/predictor.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/fit/interval/laplace.hpp"
#include "rung/fit/interval/profile_intervals.hpp"

namespace rung::table {
namespace {

/// Noise variance in residual space from a fit in which priors only serve as starts.
double noise_variance(const Law& law, const Points& points, FitOptions options,
                      const UncertaintyOptions& uncertainty) {
  if (uncertainty.noise_sd) return *uncertainty.noise_sd * *uncertainty.noise_sd;
  for (Constraint& constraint : options.constraints)
    constraint.prior_mean = constraint.prior_sd = std::nullopt;
  options.allow_underdetermined = true;
  const Fit plain = fit(law, points, options);
  if (!plain.covariance || !(plain.covariance->residual_variance > 0)) {
    throw InputError(
        "the data alone can't say how noisy they are, which a prior is weighed against",
        "say it with --noise-sd, in units of the residual");
  }
  return plain.covariance->residual_variance;
}

/// Weights with which the loss is minus the log likelihood.
Points weighed_by_noise(const Points& points, const Loss& loss, double variance) {
  Points weighed = points;
  std::vector<double> inputs(points.n_inputs());
  const double scale = loss.kind == LossKind::squared ? 2 : 1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = points.input(k, i);
    weighed.set(i, inputs, points.y(i), points.weight(i) / (scale * variance));
  }
  return weighed;
}

std::vector<int> clusters_of(const Prepared& prepared, const Sample& sample,
                             const std::string& column) {
  const std::vector<Group> groups = group_by(prepared.table, {column});
  std::vector<int> of_row(prepared.table.n_rows());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t row : groups[g].rows) of_row[row] = static_cast<int>(g);
  }
  std::vector<int> seen, clusters;  // numbered from 0 within this sample
  for (const std::size_t row : sample.rows) {
    const auto found = std::find(seen.begin(), seen.end(), of_row[row]);
    clusters.push_back(static_cast<int>(found - seen.begin()));
    if (found == seen.end()) seen.push_back(of_row[row]);
  }
  return clusters;
}

std::vector<double> column_of(const Bootstrap& replicates, std::size_t parameter) {
  std::vector<double> values;
  for (std::size_t i = 0; i < replicates.size(); ++i)
    values.push_back(replicates.theta[i * replicates.n_parameters + parameter]);
  return values;
}

void set_ranges(const Points& points, Predictor& predictor) {
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    double low = points.input(k, 0), high = low;
    for (std::size_t i = 1; i < points.size(); ++i) {
      low = std::min(low, points.input(k, i));
      high = std::max(high, points.input(k, i));
    }
    predictor.lowest.push_back(low);
    predictor.highest.push_back(high);
  }
}

void add_bootstrap(const FitProblem& problem, const UncertaintyOptions& options,
                   const std::vector<int>& clusters, double level, FittedGroup& group) {
  ResampleOptions resample_options = options.resample;
  resample_options.cluster_of = clusters;
  const Bootstrap replicates = resample(problem, group.fit.theta, resample_options);
  for (std::size_t p = 0; p < replicates.n_parameters; ++p)
    group.bootstrap.push_back(percentile_interval(column_of(replicates, p), level, "bootstrap"));
  if (replicates.n_not_converged * 20 > replicates.size())
    group.notes.push_back(std::to_string(replicates.n_not_converged) + " of " +
                          std::to_string(replicates.size()) + " bootstrap refits did not converge");
  group.predictor.n_replicates = replicates.size();
  group.predictor.replicates = replicates.theta;
}

}  // namespace

double Predictor::predict(std::span<const double> inputs) const {
  return rung::predict(*law, theta, inputs);
}

std::vector<double> Predictor::replicate_predictions(std::span<const double> inputs) const {
  std::vector<double> values;
  const std::size_t p = theta.size();
  for (std::size_t i = 0; i < n_replicates; ++i) {
    const auto begin = replicates.begin() + static_cast<long>(i * p);
    values.push_back(rung::predict(*law, {begin, begin + static_cast<long>(p)}, inputs));
  }
  return values;
}

std::optional<Interval> Predictor::interval(std::span<const double> inputs) const {
  if (interval_for == IntervalFor::conformal)
    return conformal ? std::optional(conformal->interval(*law, residual, inputs)) : std::nullopt;
  const bool observation = interval_for == IntervalFor::observation;
  if (n_replicates > 0) {
    std::vector<double> values = replicate_predictions(inputs);
    if (observation) values = with_residuals(values, residuals, residual, 0);
    return percentile_interval(std::move(values), level,
                               observation ? "bootstrap-observation" : "bootstrap-mean");
  }
  return covariance ? interval_without_replicates(inputs) : std::nullopt;
}

std::optional<Interval> Predictor::interval_without_replicates(
    std::span<const double> inputs) const {
  const bool observation = interval_for == IntervalFor::observation;
  Fit fit;
  fit.theta = theta;
  fit.covariance = covariance;
  fit.status = status;
  if (points) {
    const FitProblem problem(*law, *points, loss, residual, constraints);
    return checked_interval(problem, fit, inputs, level, observation);
  }
  Points here(inputs.size(), 1);
  const double predicted = predict(inputs);
  if (!std::isfinite(transformed(residual, predicted))) return std::nullopt;
  here.set(0, inputs, predicted);
  return delta_interval(FitProblem(*law, here, loss, residual, constraints), fit, inputs, level,
                        observation);
}

double Predictor::extrapolation(std::span<const double> inputs) const {
  double factor = 1;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (lowest[k] > 0 && inputs[k] > 0)
      factor = std::max({factor, inputs[k] / highest[k], lowest[k] / inputs[k]});
  }
  return factor;
}

FittedGroup fit_group(const Prepared& prepared, const Sample& sample, const Request& request,
                      const UncertaintyOptions& options) {
  const Law& law = *prepared.law;
  FitOptions fitting = fit_options(prepared, request);
  FittedGroup group;
  group.label = sample.label;
  const bool prior = any_prior(prepared.constraints);
  double variance = 1;
  if (prior) {
    variance = noise_variance(law, sample.points, fitting, options);
    fitting.allow_underdetermined = true;
    group.points =
        std::make_shared<const Points>(weighed_by_noise(sample.points, request.loss, variance));
  } else {
    group.points = std::make_shared<const Points>(sample.points);
  }
  group.fit = fit(law, *group.points, fitting);
  const FitProblem problem(law, *group.points, fitting.loss, fitting.residual, fitting.constraints);
  const std::vector<int> clusters = options.cluster_column.empty()
                                        ? std::vector<int>{}
                                        : clusters_of(prepared, sample, options.cluster_column);
  if (prior) {
    if (auto laplace = laplace_covariance(problem, group.fit.theta)) {
      laplace->residual_variance = laplace->estimate_variance = variance;
      group.fit =
          with_covariance(problem, std::move(group.fit), std::move(*laplace), request.level);
    }
    group.notes.push_back("with priors: the posterior's mode, noise of standard deviation " +
                          significant(std::sqrt(variance), 3) + ", Laplace's covariance");
  } else if (options.sandwich) {
    if (auto robust = sandwich_covariance(problem, group.fit, clusters))
      group.fit = with_covariance(problem, std::move(group.fit), std::move(*robust), request.level);
  }
  if (!prior && !options.sandwich) use_profile_intervals(problem, request.level, group.fit);
  group.diagnosis = diagnose(problem, group.fit);
  Predictor& predictor = group.predictor;
  predictor = {.group = sample.label,
               .law = prepared.law,
               .constraints = prepared.constraints,
               .loss = request.loss,
               .residual = prepared.residual,
               .theta = group.fit.theta,
               .level = request.level,
               .interval_for = options.interval_for,
               .covariance = group.fit.covariance,
               .points = prior || options.sandwich ? nullptr : group.points,
               .status = group.fit.status};
  set_ranges(*group.points, predictor);
  if (group.fit.status == Status::failed) return group;
  if (!prior) predictor.residuals = widened_residuals(problem, group.fit.theta);
  if (options.interval_for == IntervalFor::conformal) {
    predictor.conformal =
        split_conformal(problem, group.fit.theta, request.level, options.resample.seed);
    if (!predictor.conformal)
      group.notes.push_back("too few points for split-conformal intervals at this level");
  }
  if (options.resample.n_replicates > 0 && group.fit.status != Status::unbounded && !prior)
    add_bootstrap(problem, options, clusters, request.level, group);
  if (options.profiles && request.loss.kinked())
    group.notes.push_back("no profiles: under --loss " + request.loss.text() +
                          " the likelihood has kinks (--bootstrap needs none)");
  if (options.profiles) {
    for (int p = 0; p < law.n_parameters(); ++p) {
      if (auto found = profile(problem, group.fit, p, request.level))
        group.profiles.push_back(std::move(*found));
    }
  }
  return group;
}

}  // namespace rung::table
