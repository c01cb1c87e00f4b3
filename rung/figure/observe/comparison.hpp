#pragma once
/// Predictors side by side as pictures.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/observational/comparison.hpp"
#include "rung/study/observational/test_ratio.hpp"

namespace rung::observational {

/// Errors on families left out, a panel a metric and one of their geometric mean.
Figure comparison_figure(const PredictorComparison& found, const MetricTitles& titles);
/// The error over the share of models tried, a panel a metric.
Figure ratio_figure(const std::vector<RatioStudy>& studies, const MetricTitles& titles);

}  // namespace rung::observational
