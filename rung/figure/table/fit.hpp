#pragma once
/// Pictures of fits of any law to any table.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung {

/// Observations and the law over its widest input, one curve for each of up to six values of the
/// next one, with the intervals as bands; a panel a group.
Figure fit_figure(const std::vector<table::FittedGroup>& groups);

}  // namespace rung
