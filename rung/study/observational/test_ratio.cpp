#include "rung/study/observational/test_ratio.hpp"

#include <algorithm>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/require.hpp"
#include "rung/study/observational/metric_column.hpp"

namespace rung::observational {

RatioCurve ratio_curve(const Models& models, const SampleOptions& sample,
                       const MetricFitOptions& fit, std::vector<double> ratios, int n_threads) {
  std::sort(ratios.begin(), ratios.end());
  RatioCurve curve{.predictor = predictor_name(fit.predictor),
                   .points = std::vector<RatioPoint>(ratios.size()),
                   .area = {}};
  parallel_for(ratios.size(), n_threads, [&](std::size_t i) {
    RatioPoint& point = curve.points[i];
    point.ratio = ratios[i];
    SampleOptions options = sample;
    options.split.method = Split::Method::rank;
    options.split.test = ratios[i];
    try {
      const MetricFit found = fit_metric(make_sample(models, options), fit);
      point.n_train = found.train.n;
      point.n_test = found.test.n;
      point.train_mse = found.train.mse;
      point.test_mse = found.test.mse;
      point.test_mae = found.test.mae;
    } catch (const InputError&) {
      // Too few models are left to learn from: the point stays empty.
    }
  });
  double area = 0;
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    if (!curve.points[i].test_mse) return curve;
    if (i == 0) continue;
    const RatioPoint &a = curve.points[i - 1], &b = curve.points[i];
    area += (b.ratio - a.ratio) * (*a.test_mse + *b.test_mse) / 2;
  }
  if (curve.points.size() > 1) curve.area = area;
  return curve;
}

RatioResult run_test_ratio(const Models& models, const RatioRequest& request, int n_threads) {
  const PredictionRequest& what = request.what;
  what.validate();
  constexpr double kLeast = 0.001, kMost = 0.999;  // else nothing is tried, or learnt from
  for (const double ratio : request.ratios) require_within("--ratios", ratio, kLeast, kMost);
  RatioResult result;
  for (const std::string& metric : what.metrics) {
    SampleOptions sample = what.sample;
    sample.metric = metric;
    sample.transform = what.transform_of(metric);
    const Models with =
        with_metric(models, metric, !sample.transform.changes_range(), result.warnings);
    RatioStudy study{.metric = metric, .curves = {}};
    for (const PredictorOptions& predictor : what.predictors)
      study.curves.push_back(
          ratio_curve(with, sample, {predictor, what.regression}, request.ratios, n_threads));
    result.studies.push_back(std::move(study));
  }
  return result;
}

}  // namespace rung::observational
