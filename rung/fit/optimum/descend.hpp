#pragma once
/// Local searches under any loss.

#include <vector>

#include "rung/fit/optimum/minimize.hpp"

namespace rung {

/// The median of |t(f) - t(y)| over the points.
double median_residual(const FitProblem& problem, const std::vector<double>& z);

/// minimize() for least squares. Under other losses the objective is made of many nearly flat
/// facets, which Newton crosses one at a time; there delta is widened to the size of the residuals
/// and narrowed in steps (continuation), which takes a tenth of the steps. Deterministic.
Minimum descend(const FitProblem& problem, const std::vector<double>& start,
                const MinimizeOptions& options = {});

/// The same from near the minimum, where only kinked losses need continuation.
Minimum descend_nearby(const FitProblem& problem, const std::vector<double>& z,
                       const MinimizeOptions& options = {});

/// To the minimum whose basin z lies in: a delta as wide as the residuals may lead out of a narrow
/// one.
Minimum descend_into_basin(const FitProblem& problem, const std::vector<double>& z,
                           const MinimizeOptions& options = {});

}  // namespace rung
