#pragma once
/// Where descents of a regression begin, besides the fit's own search.

#include <span>
#include <vector>

#include "rung/study/observational/regression.hpp"

namespace rung::observational {

/// Parameters of index_law() that come near the observations: sigmoids along each predictor, either
/// way, and along the regression of y on all of them, at steepnesses and thresholds laid over the
/// data and beyond; the best few of them, each along another direction or at another steepness.
/// Turning a predictor's sign turns the starts with it.
std::vector<std::vector<double>> index_starts(const Matrix& x, std::span<const double> y,
                                              const RegressionOptions& options);

}  // namespace rung::observational
