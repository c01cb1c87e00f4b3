#pragma once
/// How the error on the largest models grows as fewer small ones are learnt from.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

struct RatioPoint {
  double ratio = 0;  // of the models that are tried
  std::size_t n_train = 0, n_test = 0;
  std::optional<double> train_mse, test_mse, test_mae;  // absent where nothing could be fitted
};

struct RatioCurve {
  std::string predictor;
  std::vector<RatioPoint> points;  // by ascending ratio
  /// Below the test MSE over the ratio, by the trapezoidal rule; absent where a point is.
  std::optional<double> area;
};

/// `sample` splits by rank: the options' own `split` is replaced by rank with each ratio.
RatioCurve ratio_curve(const Models& models, const SampleOptions& sample,
                       const MetricFitOptions& fit, std::vector<double> ratios, int n_threads);

/// Curves of one metric, one a predictor.
struct RatioStudy {
  std::string metric;
  std::vector<RatioCurve> curves;
};

struct RatioRequest {
  PredictionRequest what;  // its splits don't count
  std::vector<double> ratios = {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6};
};

struct RatioResult {
  std::vector<RatioStudy> studies;  // by metric
  std::vector<std::string> warnings;
};

RatioResult run_test_ratio(const Models& models, const RatioRequest& request, int n_threads);

}  // namespace rung::observational
