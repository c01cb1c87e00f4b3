#include "rung/study/table/fit_group.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/group.hpp"
#include "rung/data/select.hpp"
#include "rung/fit/interval/contradiction.hpp"
#include "rung/fit/interval/laplace.hpp"
#include "rung/fit/weighing.hpp"
#include "rung/study/table/direction.hpp"
#include "rung/study/table/noise_doubts.hpp"
#include "rung/study/table/predictions.hpp"
#include "rung/study/table/prior_conflict.hpp"
#include "rung/study/table/repeats.hpp"
#include "rung/study/table/row_doubts.hpp"
#include "rung/study/table/shares.hpp"

namespace rung::table {
namespace {

/// Of a fit in which priors only serve as starts.
std::optional<Covariance> covariance_without_priors(const Law& law, const Points& points,
                                                    FitOptions options) {
  for (Constraint& constraint : options.constraints)
    constraint.prior_mean = constraint.prior_sd = std::nullopt;
  options.allow_underdetermined = true;
  return fit(law, points, options).covariance;
}

/// Noise variance in residual space.
double noise_variance(const Law& law, const Points& points, const FitOptions& options,
                      std::optional<double> noise_sd) {
  if (options.loss.kind == LossKind::binomial) return 1;  // weights say it all
  if (noise_sd) return *noise_sd * *noise_sd;
  const std::optional<Covariance> plain = covariance_without_priors(law, points, options);
  if (!plain || !(plain->residual_variance > 0)) {
    throw InputError(
        "the data alone can't say how noisy they are, which a prior is weighed against",
        "say it with --noise-sd, in units of the residual");
  }
  return plain->residual_variance;
}

/// Weights with which the loss is minus the log likelihood.
Points weighed_by_noise(const Points& points, const Loss& loss, double variance) {
  Points weighed = points;
  std::vector<double> inputs(points.n_inputs());
  const double scale = loss.smooth() ? 2 : 1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = points.input(k, i);
    weighed.set(i, inputs, points.y(i), points.weight(i) / (scale * variance));
  }
  return weighed;
}

Fitted fit_to_posterior(const Prepared& prepared, const Sample& sample, const Request& request,
                        double variance) {
  FitOptions fitting = fit_options(prepared, request);
  fitting.allow_underdetermined = true;
  Fitted fitted(
      prepared.law,
      std::make_shared<const Points>(weighed_by_noise(sample.points, request.loss, variance)),
      std::move(fitting));
  if (auto laplace = laplace_covariance(*fitted.problem, fitted.fit.theta)) {
    laplace->residual_variance = laplace->estimate_variance = variance;
    fitted.use_covariance(std::move(*laplace), CovarianceKind::laplace);
  }
  return fitted;
}

/// Under least squares the delta method, checked by profiles, held 86 to 91% at 5 to 40 rows, where
/// the case bootstrap's 90% intervals held 33 to 95%, 84 to 88% of them at 40 rows. Robust losses
/// have no profiles, and with enough rows the bootstrap needs no guess at how dense residuals are.
bool is_resampled_by_default(const Fitted& fitted) {
  constexpr std::size_t kRowsPerParameter = 10;
  return !fitted.options.loss.smooth() &&
         n_weighing(*fitted.points) >=
             kRowsPerParameter * static_cast<std::size_t>(fitted.problem->n_free());
}

/// Whether the law can pass through every row that counts, with no bound in the way: no residuals
/// are then left to estimate the noise from.
bool is_saturated(const Fitted& fitted) {
  if (fitted.fit.covariance) return false;
  return n_weighing(*fitted.points) <= static_cast<std::size_t>(fitted.problem->n_free());
}

void draw_replicates(const UncertaintyOptions& options, const std::vector<int>& clusters,
                     FittedGroup& group) {
  Fitted& fitted = group.fitted;
  ResampleOptions resample = options.resample;
  resample.cluster_of = clusters;
  fitted.draw_replicates(resample);
  const Replicates& drawn = fitted.replicates;
  if (drawn.n_not_converged > 0) {
    const double converged =
        1 - static_cast<double>(drawn.n_not_converged) / static_cast<double>(drawn.n);
    group.notes.push_back(std::to_string(drawn.n_not_converged) + " of " + std::to_string(drawn.n) +
                          " bootstrap refits did not settle: counted against the " +
                          percent(fitted.options.level, 0) + " intervals, these hold " +
                          percent(fitted.options.level * converged, 2));
  }
  if (options.noise_sd && !options.noise_is_groups)
    group.notes.push_back(
        "--noise-sd: the refits, from which standard errors and intervals are taken, know the "
        "noise by the rows alone (--bootstrap 0 takes it as given)");
  if (options.sandwich)
    group.notes.push_back(
        "--covariance: standard errors and intervals are taken from the refits (--bootstrap 0 "
        "takes the covariance's" +
        std::string(options.cluster_column.empty() || resample.kind == ResampleKind::clusters
                        ? ")"
                        : "; --bootstrap-kind cluster:" + options.cluster_column +
                              " draws whole clusters)"));
  if (too_few_replicates(fitted))
    group.notes.push_back(counted(drawn.n, "bootstrap refit") + (drawn.n == 1 ? " is" : " are") +
                          " too few for standard errors and intervals");
}

/// The noise is known, not estimated from the residuals.
void use_known_noise(double noise_sd, Fitted& fitted) {
  if (!fitted.fit.covariance || !(fitted.fit.covariance->estimate_variance > 0)) return;
  constexpr double kKnownNoise = 1e6;  // degrees of freedom: Student's t is then the normal
  Covariance covariance = *fitted.fit.covariance;
  const double variance = noise_sd * noise_sd;
  const double factor = variance / covariance.estimate_variance;
  for (double& entry : covariance.matrix) entry *= factor;
  covariance.residual_variance *= factor;
  covariance.estimate_variance = variance;
  covariance.dof = kKnownNoise;
  fitted.use_covariance(std::move(covariance), CovarianceKind::delta);
}

/// InputError for what only estimated noise has.
void check_binomial(IntervalFor interval_for) {
  if (interval_for == IntervalFor::observation)
    throw InputError("--interval observation: how many questions one more run is asked is not said",
                     "--interval mean is the law's own; add f (1 - f) / n to its variance");
}

/// How many clusters have a row that weighs.
std::size_t n_clusters(const Points& points, const std::vector<int>& clusters) {
  std::set<int> weighing;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (points.weight(i) > 0) weighing.insert(clusters[i]);
  }
  return weighing.size();
}

/// Of G normal clusters' mean, drawn intervals of 90% hold 2 T(z sqrt((G - 1) / G)) - 1 with G - 1
/// degrees of freedom: 50% of 2, 78% of 5, 86% of 13, which is as little as is asked of others.
constexpr std::size_t kFewestClusters = 5, kEnoughClusters = 13;

/// Draws clusters where there are enough; else there is no interval, save the covariance's by
/// clusters where this was asked for.
void draw_whole_clusters(const UncertaintyOptions& options, const std::vector<int>& clusters,
                         FittedGroup& group) {
  const std::size_t n = n_clusters(*group.fitted.points, clusters);
  const std::string few = "only " + std::to_string(n) + (n == 1 ? " cluster" : " clusters") +
                          " by '" + options.cluster_column + "'";
  const std::string other = n > 1 && !options.sandwich
                                ? " (--covariance cluster:" + options.cluster_column +
                                      " reckons with " + std::to_string(n - 1) +
                                      (n == 2 ? " degree" : " degrees") + " of freedom)"
                                : "";
  if (n >= kFewestClusters) {
    draw_replicates(options, clusters, group);
    if (n < kEnoughClusters)
      group.add_doubt(few + ": intervals by drawing so few hold less than they say" + other);
    return;
  }
  const std::string why =
      few + ", and drawing fewer than " + std::to_string(kFewestClusters) + " says too little";
  if (options.sandwich) return group.notes.push_back(why);
  group.no_intervals = why + ": there are no intervals" + other;
  group.add_doubt(group.no_intervals);
  group.fitted.withdraw_covariance();
}

/// Replicates, held-out residuals and profiles, as far as they were asked for and exist.
void add_uncertainty(const UncertaintyOptions& options, const std::vector<int>& clusters,
                     FittedGroup& group) {
  Fitted& fitted = group.fitted;
  const Loss& loss = fitted.options.loss;
  if (options.interval_for == IntervalFor::conformal &&
      !fitted.draw_conformal(options.resample.seed))
    group.notes.push_back("too few points for split-conformal intervals at this level");
  const bool prior = any_prior(fitted.options.constraints);
  const bool saturated = !prior && is_saturated(fitted);
  if (saturated) {
    group.no_intervals =
        "as many parameters as rows: nothing is left to tell the noise by, so there are no "
        "intervals";
    group.notes.push_back(group.no_intervals);
  }
  const bool by_default = !options.sandwich && is_resampled_by_default(fitted);
  const bool resampled = options.resample.n_replicates > 0 && (!options.kind_by_rows || by_default);
  const bool unbounded = fitted.fit.status == Status::unbounded;
  if (resampled && !saturated && !prior && !unbounded) {
    if (options.resample.kind == ResampleKind::clusters)
      draw_whole_clusters(options, clusters, group);
    else
      draw_replicates(options, clusters, group);
  }
  // Where it was asked for, and isn't for another reason than a lack of noise.
  if (resampled && !options.kind_by_rows && !saturated && (prior || unbounded))
    group.notes.push_back(prior ? "no bootstrap: with priors, intervals are the posterior's"
                                : "no bootstrap: the loss falls without end along some "
                                  "parameters, and refits would stop anywhere on the way");
  if (!options.profiles) return;
  if (loss.kinked())
    group.notes.push_back("no profiles: under --loss " + loss.text() +
                          " the likelihood has kinks (--bootstrap needs none)");
  for (int p = 0; p < fitted.law->n_parameters(); ++p) {
    if (auto found = profile(*fitted.problem, fitted.fit, p, fitted.options.level))
      group.profiles.push_back(std::move(*found));
  }
}

}  // namespace

FitUnderNoise fit_under_noise(const Prepared& prepared, const Sample& sample,
                              const Request& request, std::optional<double> noise_sd) {
  if (noise_sd && request.loss.kind == LossKind::binomial)
    throw InputError("--noise-sd: under --loss binomial the number of questions says the noise");
  const FitOptions fitting = fit_options(prepared, request);
  FitUnderNoise result;
  if (any_prior(prepared.constraints)) {
    if (noise_sd) result.by_data = covariance_without_priors(*prepared.law, sample.points, fitting);
    const double variance = noise_variance(*prepared.law, sample.points, fitting, noise_sd);
    result.noise_sd = std::sqrt(variance);
    result.fitted = fit_to_posterior(prepared, sample, request, variance);
  } else {
    result.fitted = Fitted(prepared.law, std::make_shared<const Points>(sample.points), fitting);
    result.by_data = result.fitted.fit.covariance;
    if (noise_sd) use_known_noise(*noise_sd, result.fitted);
  }
  return result;
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

FittedGroup fit_group(const Prepared& prepared, const Sample& sample, const Request& request,
                      const UncertaintyOptions& options) {
  const std::vector<int> clusters = options.cluster_column.empty()
                                        ? std::vector<int>{}
                                        : clusters_of(prepared, sample, options.cluster_column);
  const bool binomial = request.loss.kind == LossKind::binomial;
  if (binomial) check_binomial(options.interval_for);
  FittedGroup group;
  FitUnderNoise fit = fit_under_noise(prepared, sample, request, options.noise_sd);
  group.fitted = std::move(fit.fitted);
  const bool has_prior = any_prior(prepared.constraints);
  if (has_prior)
    group.notes.push_back(
        "with priors: the posterior's mode, " +
        (binomial ? "" : "noise of standard deviation " + significant(fit.noise_sd, 3) + ", ") +
        "Laplace's covariance" + (options.sandwich ? ", whatever --covariance says" : ""));
  else if (options.sandwich)
    group.fitted.use_sandwich(clusters);
  if (options.sandwich && options.noise_sd && !has_prior && !options.noise_is_groups)
    group.notes.push_back("--noise-sd changes nothing: --covariance has the noise from the rows");
  group.fitted.label = sample.label;
  if (const auto values = possible_values(prepared, request, sample))
    group.fitted.possible = values;
  group.fitted.interval_for = options.interval_for;
  group.diagnosis = group.fitted.diagnosis();
  group.fitted.doubts = group.diagnosis.doubts;
  if (has_prior && group.fitted.fit.status != Status::failed) {
    for (std::string& conflict : prior_conflicts(group.fitted))
      group.add_doubt(std::move(conflict));
  }
  if (group.fitted.fit.status != Status::failed) add_uncertainty(options, clusters, group);
  const bool by_noise = !options.sandwich && group.fitted.replicates.n == 0;
  if (group.fitted.fit.status != Status::failed && by_noise && !options.noise_is_groups)
    doubt_noise(options.noise_sd, fit.by_data, group);
  if (!has_prior && !options.sandwich && group.no_intervals.empty() &&
      group.fitted.replicates.n == 0)
    group.fitted.use_profile_intervals();
  withdraw_contradicted_intervals(group.fitted.fit);
  // What the search says of such a fit, of bounds and steps, all comes from this.
  if (std::string doubt = direction_doubt(*prepared.law, sample.points); !doubt.empty())
    group.fitted.fit.notes = {std::move(doubt)};
  if (options.cluster_column.empty()) {
    if (const Repeats repeats = repeats_of(prepared, sample); repeats.narrow_intervals())
      group.add_doubt(repeats.words());
    else if (!repeats.may_be_chance())
      group.notes.push_back(repeats.words());
    for (std::string& doubt : doubts_of_rows(prepared, sample, request.group_by))
      group.add_doubt(std::move(doubt));
  }
  return group;
}

std::vector<FittedGroup> fit_each(const Prepared& prepared, const Request& request,
                                  const UncertaintyOptions& options) {
  check_determined(prepared);
  std::vector<FittedGroup> groups;
  for (const Sample& sample : prepared.samples)
    groups.push_back(fit_group(prepared, sample, request, options));
  return groups;
}

}  // namespace rung::table
