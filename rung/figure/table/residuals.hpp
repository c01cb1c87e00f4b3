#pragma once
/// What a fit leaves over.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung {

/// Residuals over predictions, outliers marked; a panel a group.
Figure residual_figure(const std::vector<table::FittedGroup>& groups);

}  // namespace rung
