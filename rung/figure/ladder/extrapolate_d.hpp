#pragma once
/// Extrapolation along a run.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/extrapolate.hpp"

namespace rung::ladder {

/// Losses along each run, the law through its window and beyond; the prediction where it is one.
Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results);

}  // namespace rung::ladder
