#pragma once
/// Figures of the ladder's studies.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/compute_error.hpp"
#include "rung/study/ladder/extrapolate.hpp"
#include "rung/study/ladder/sensitivity.hpp"
#include "rung/study/ladder/variance.hpp"

namespace rung::ladder {

/// Errors against what the ladder grew by: a panel a task, or one of means. Dotted and hollow where
/// the runs don't identify the law.
Figure compute_error_figure(const std::vector<ComputeError>& errors, Vary vary,
                            const ErrorSelection& selection);

/// Heatmaps of tasks by features: absolute and relative errors at each target.
Figure comparison_figure(const ComparisonResult& result);

/// For each task its loss over tokens and its accuracy over loss, the last checkpoints marked.
Figure variance_figure(const std::vector<VarianceResult>& results);

/// Losses along each run, the fit through its window and beyond.
Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results);

/// At one D: losses against size with the fit. At all D: losses along each run, and what the
/// smaller models predict for the eval models.
Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results);

/// Heatmaps of choices by tasks: how far predictions move, a panel a target.
Figure sensitivity_figure(const SensitivityResult& result);

}  // namespace rung::ladder
