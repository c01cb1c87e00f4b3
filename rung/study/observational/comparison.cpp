#include "rung/study/observational/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/observational/metric_column.hpp"

namespace rung::observational {
namespace {

/// The sample's models that have every predictor, all to be learnt from.
Sample complete_sample(const Sample& sample, const std::vector<PredictorOptions>& predictors) {
  std::vector<bool> complete(sample.models.size(), true);
  for (std::size_t i = 0; i < complete.size(); ++i) complete[i] = !std::isnan(sample.y[i]);
  const auto needs = [&](PredictorOptions::Kind kind) {
    return std::any_of(predictors.begin(), predictors.end(),
                       [&](const PredictorOptions& options) { return options.kind == kind; });
  };
  using Kind = PredictorOptions::Kind;
  const bool needs_size = needs(Kind::size) || needs(Kind::skills);
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (needs_size && std::isnan(sample.models.size_b[i])) complete[i] = false;
    if (needs(Kind::flops) && std::isnan(sample.models.flops_1e21[i])) complete[i] = false;
    if (needs(Kind::skills) && std::isnan(sample.models.tokens_t[i])) complete[i] = false;
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (complete[i]) rows.push_back(i);
  }
  Sample result{.models = sample.models.rows(rows), .metric = sample.metric};
  for (const std::size_t row : rows) {
    result.train.push_back(result.y.size());
    result.y.push_back(sample.y[row]);
  }
  return result;
}

/// The mean squared error over all models, each predicted without its family.
std::optional<double> leave_family_out_mse(const Sample& sample, const MetricFitOptions& options) {
  double sum = 0;
  std::size_t n = 0;
  for (const std::string& family : sample.models.distinct_families()) {
    Sample without{.models = sample.models, .metric = sample.metric, .y = sample.y};
    for (const std::size_t i : sample.train)
      (sample.models.families[i] == family ? without.test : without.train).push_back(i);
    try {
      const Quality test = fit_metric(without, options).test;
      sum += *test.mse * static_cast<double>(test.n);
      n += test.n;
    } catch (const InputError&) {
      return std::nullopt;  // too few models of the others for the components or the weights
    }
  }
  if (n == 0) return std::nullopt;
  return sum / static_cast<double>(n);
}

}  // namespace

PredictorComparison compare_predictors(const std::vector<Sample>& samples,
                                       const std::vector<PredictorOptions>& predictors,
                                       const RegressionOptions& regression, int n_threads) {
  PredictorComparison result;
  std::vector<Sample> complete;
  for (const Sample& sample : samples) {
    complete.push_back(complete_sample(sample, predictors));
    result.metrics.push_back(sample.metric);
    result.n_models.push_back(complete.back().train.size());
  }
  for (const PredictorOptions& predictor : predictors)
    result.predictors.push_back({.predictor = predictor_name(predictor),
                                 .mse = std::vector<std::optional<double>>(samples.size()),
                                 .geometric_mean = {}});
  RegressionOptions options = regression;
  options.certify = false;
  parallel_for(samples.size() * predictors.size(), n_threads, [&](std::size_t job) {
    const std::size_t s = job / predictors.size(), p = job % predictors.size();
    result.predictors[p].mse[s] =
        leave_family_out_mse(complete[s], {.predictor = predictors[p], .regression = options});
  });
  for (PredictorErrors& errors : result.predictors) {
    RunningMean logs;
    for (const auto& mse : errors.mse) {
      if (mse && *mse > 0) logs.add(std::log(*mse));
    }
    if (logs.n() == samples.size() && logs.value()) errors.geometric_mean = std::exp(*logs.value());
  }
  return result;
}

PredictorComparison run_comparison(const Models& models, const PredictionRequest& request,
                                   int n_threads) {
  request.validate();
  std::vector<std::string> warnings;
  std::vector<Sample> samples;
  for (const std::string& metric : request.metrics) {
    SampleOptions options = request.sample;
    options.metric = metric;
    options.transform = request.transform_of(metric);
    options.split.method = Split::Method::none;
    const bool shares = !options.transform.changes_range();
    samples.push_back(make_sample(with_metric(models, metric, shares, warnings), options));
    samples.back().metric = metric;
  }
  PredictorComparison result =
      compare_predictors(samples, request.predictors, request.regression, n_threads);
  result.warnings = std::move(warnings);
  return result;
}

}  // namespace rung::observational
