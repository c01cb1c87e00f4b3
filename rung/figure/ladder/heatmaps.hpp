#pragma once
/// Tables of the ladder's studies as colours.

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/sensitivity.hpp"

namespace rung::ladder {

/// Tasks by features: absolute and relative errors at each target.
Figure comparison_figure(const ComparisonResult& result);

/// Choices by tasks: how far predictions move, a panel a target.
Figure sensitivity_figure(const SensitivityResult& result);

}  // namespace rung::ladder
