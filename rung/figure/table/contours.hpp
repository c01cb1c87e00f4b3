#pragma once
/// A law of two inputs from above.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung {

/// The law over a plane of its two widest inputs as lines of equal prediction, with the points.
/// InputError for a law of one input.
Figure contour_figure(const std::vector<table::FittedGroup>& groups, const std::string& y);

}  // namespace rung
