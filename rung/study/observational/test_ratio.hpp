#pragma once
/// How the error on the largest models grows as fewer small ones are learnt from.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/metric_fit.hpp"

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

}  // namespace rung::observational
