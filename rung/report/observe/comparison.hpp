#pragma once
/// Predictors side by side as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/comparison.hpp"
#include "rung/study/observational/test_ratio.hpp"

namespace rung::observational {

Document describe(const PredictorComparison& found);

Document describe(const std::vector<RatioStudy>& studies);

}  // namespace rung::observational
