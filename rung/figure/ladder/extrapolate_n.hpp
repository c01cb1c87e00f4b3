#pragma once
/// Extrapolation from smaller models at the same tokens.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/extrapolate.hpp"

namespace rung::ladder {

/// At one D: losses against size with the law. At all D: losses along each run, and what the
/// smaller models predict for the eval models where they determine it.
Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results);

}  // namespace rung::ladder
