#pragma once
/// How the prediction error falls as the ladder grows.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/compute_error.hpp"

namespace rung::ladder {

/// Errors against what the ladder grew by: a panel a task, or one of means. Left out where
/// the runs don't identify the law.
Figure compute_error_figure(const ComputeErrors& found, const ErrorSelection& selection);

}  // namespace rung::ladder
