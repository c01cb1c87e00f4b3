#pragma once
/// Extrapolation along one axis.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/extrapolate.hpp"

namespace rung::ladder {

/// Losses along each run, the fit through its window and beyond.
Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results);

/// At one D: losses against size with the fit. At all D: losses along each run, and what the
/// smaller models predict for the eval models.
Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results);

}  // namespace rung::ladder
