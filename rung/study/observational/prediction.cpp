#include "rung/study/observational/prediction.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/study/observational/formula_text.hpp"
#include "rung/study/observational/metric_column.hpp"

namespace rung::observational {
namespace {

/// The one for all metrics, or that metric's own.
template <class T>
const T& of_metric(const PredictionRequest& request, const std::vector<T>& values,
                   const std::string& metric) {
  if (values.size() == 1) return values.front();
  const auto& metrics = request.metrics;
  const auto place = std::find(metrics.begin(), metrics.end(), metric) - metrics.begin();
  return values[static_cast<std::size_t>(place)];
}

bool ends_at_one(Link link) { return link == Link::sigmoid || link == Link::parametric_sigmoid; }

/// Whether the metric is fitted as it is read, so that it has to be a share.
bool takes_shares(const PredictionRequest& request, const std::string& metric) {
  return ends_at_one(request.regression.link) && request.transform_of(metric).steps.empty();
}

/// What a score can be, where only its range is changed: an interval reaches no further.
void keep_possible(const PredictionRequest& request, const MetricTransform& transform,
                   MetricIntervals& intervals) {
  const auto& steps = transform.steps;
  const bool only_range = std::all_of(steps.begin(), steps.end(), [](MetricTransform::Step step) {
    return step == MetricTransform::Step::min_max;
  });
  if (!ends_at_one(request.regression.link) || !only_range) return;
  const double least = transform.apply(0.0);
  for (PredictionInterval& interval : intervals.rows) {
    interval.lower = std::clamp(interval.lower, least, 1.0);
    interval.upper = std::clamp(interval.upper, least, 1.0);
  }
}

std::optional<EquivalentScale> scale_of(const PredictionRequest& request, const Sample& sample,
                                        const MetricFit& fit) {
  if (request.reference.empty()) return std::nullopt;
  try {
    return equivalent_scale(sample, fit, request.reference, request.scale);
  } catch (const InputError&) {
    if (request.reference_required) throw;
    return std::nullopt;
  }
}

Prediction predict(const Models& models, const PredictionRequest& request,
                   const std::string& metric, const PredictorOptions& predictor) {
  Prediction result{.y = metric, .x = predictor_name(predictor)};
  SampleOptions options = request.sample;
  options.metric = metric;
  options.transform = request.transform_of(metric);
  options.split = request.split_of(metric);
  result.sample = make_sample(models, options);
  result.fit = fit_metric(result.sample, {predictor, request.regression});
  result.formula = formula_text(result.fit.regression, result.fit.predictors.names);
  result.scale = scale_of(request, result.sample, result.fit);
  result.metric_weights = metric_weights(result.fit);
  if (request.intervals.refits.n > 0) {
    result.intervals = prediction_intervals(result.sample, result.fit, request.intervals);
    keep_possible(request, options.transform, result.intervals);
  }
  for (std::size_t row = 0; row < result.fit.rows.size(); ++row) {
    const auto& names = request.highlighted;
    result.highlighted.push_back(std::find(names.begin(), names.end(), result.model_of(row)) !=
                                 names.end());
  }
  return result;
}

/// Names of no model would mark nothing without a word.
void check_highlighted(const Models& models, const std::vector<std::string>& highlighted,
                       std::vector<std::string>& warnings) {
  std::size_t n = 0;
  for (const std::string& name : highlighted) n += models.find(name).has_value();
  if (n == 0 && !highlighted.empty())
    warnings.push_back("--highlight marks nothing: '" + highlighted.front() +
                       (highlighted.size() > 1 ? "' and the others are" : "' is") +
                       " not among these " + counted(models.size(), "model"));
}

}  // namespace

void PredictionRequest::validate() const {
  if (metrics.empty())
    throw InputError("which metric is to be predicted?", "--y COLUMN, or --y EXPRESSION");
  const auto check = [&](std::size_t n, const char* what, const char* option) {
    if (n == 1 || n == metrics.size()) return;
    throw InputError(counted(n, what) + " for " + counted(metrics.size(), "metric"),
                     std::string("one ") + option + " for all of them, or one for each --y");
  };
  check(transforms.size(), "range", "--range");
  check(splits.size(), "cutoff", "--cutoff");
  if (predictors.empty()) throw InputError("what is it to be predicted from?", "--x pc:3");
}

const MetricTransform& PredictionRequest::transform_of(const std::string& metric) const {
  return of_metric(*this, transforms, metric);
}

const Split& PredictionRequest::split_of(const std::string& metric) const {
  return of_metric(*this, splits, metric);
}

rung::Prediction Prediction::beside_actual(std::size_t row) const {
  const auto known = [](double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  };
  rung::Prediction result{known(fit.rows[row].predicted), known(fit.rows[row].actual), {}};
  if (!intervals.rows.empty())
    result.interval = Interval{intervals.level, intervals.rows[row].lower,
                               intervals.rows[row].upper, "bootstrap over families, conformal"};
  return result;
}

bool Predictions::any_fit() const {
  return std::any_of(all.begin(), all.end(), [](const Prediction& each) { return each.has_fit(); });
}

Predictions run_predictions(const Models& models, const PredictionRequest& request) {
  request.validate();
  Predictions result{.request = request};
  check_highlighted(models, request.highlighted, result.warnings);
  const bool single = request.metrics.size() * request.predictors.size() == 1;
  for (const std::string& metric : request.metrics) {
    const Models with = with_metric(models, metric, takes_shares(request, metric), result.warnings);
    for (const PredictorOptions& predictor : request.predictors) {
      try {
        result.all.push_back(predict(with, request, metric, predictor));
      } catch (const InputError& error) {
        if (single) throw;
        result.all.push_back({.y = metric,
                              .x = predictor_name(predictor),
                              .problem = error.problems().front().message});
        result.warnings.push_back(metric + " from " + result.all.back().x +
                                  " could not be fitted: " + result.all.back().problem);
      }
    }
  }
  return result;
}

}  // namespace rung::observational
