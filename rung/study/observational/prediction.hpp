#pragma once
/// Metrics predicted from models' size, compute or capabilities, each fitted on some models and
/// tried on others.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/prediction.hpp"
#include "rung/study/observational/interval.hpp"
#include "rung/study/observational/metric_fit.hpp"

namespace rung::observational {

struct PredictionRequest {
  std::vector<std::string> metrics;  // columns, or expressions over columns
  std::vector<PredictorOptions> predictors;
  RegressionOptions regression{};
  std::vector<MetricTransform> transforms{1};  // one for all metrics, or one each
  std::vector<Split> splits{1};                // the same
  SampleOptions sample{};  // its metric, transform and split are each of those in turn
  /// The family whose compute indices are translated into. Where it isn't required, a fit that it
  /// has too few models in goes without.
  std::string reference;
  bool reference_required = false;
  std::string scale = "flops";  // see Models::values()
  IntervalOptions intervals{};  // of 0 refits: none
  std::vector<std::string> highlighted;
  MetricTitles titles;  // in pictures

  const MetricTransform& transform_of(const std::string& metric) const;
  const Split& split_of(const std::string& metric) const;
  /// InputError without a metric or a predictor, and where transforms or splits are neither one for
  /// all metrics nor one for each.
  void validate() const;
};

/// One metric from one predictor.
struct Prediction {
  std::string y;        // as asked for
  std::string x;        // "pc:3"
  std::string problem;  // why there is no fit; else ""
  // The rest is there where there is a fit.
  Sample sample;
  MetricFit fit;
  std::string formula;
  std::optional<EquivalentScale> scale;
  MetricIntervals intervals;
  std::vector<double> metric_weights;  // by Models::metrics; of components
  std::vector<bool> highlighted;       // by MetricFit::rows

  bool has_fit() const { return problem.empty(); }
  /// A row of the fit beside what was measured.
  rung::Prediction beside_actual(std::size_t row) const;
  const std::string& model_of(std::size_t row) const {
    return sample.models.names[fit.rows[row].model];
  }
};

struct Predictions {
  PredictionRequest request;
  std::vector<Prediction> all;  // by metric, then predictor
  std::vector<std::string> warnings;

  bool any_fit() const;
};

/// A metric that can't be fitted from one of several predictors is a problem of that fit; where
/// there is one fit only, an InputError.
Predictions run_predictions(const Models& models, const PredictionRequest& request);

}  // namespace rung::observational
