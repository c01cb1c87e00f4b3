#pragma once
/// From a start to the bottom of its valley, across the corners of a loss.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"

namespace rung {

/// The median of |t(f) - t(y)| over the points.
double median_residual(const FitProblem& problem, const std::vector<double>& z);

/// minimize() for least squares. A loss with corners makes a valley of many facets, crossed one at
/// a time: widening the Huber corner to the size of the residuals and narrowing it in steps reaches
/// the same place in a tenth of the steps. Deterministic.
Minimum descend(const FitProblem& problem, const std::vector<double>& start,
                const MinimizeOptions& options = {});

}  // namespace rung
