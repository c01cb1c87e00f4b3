#pragma once
/// A law of two inputs from above.

#include <string>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit.hpp"

namespace rung {

/// The law over a plane of its two widest inputs as lines of equal prediction, with the points and
/// what else is predicted: a panel a group, also of those that share a fit. InputError for a law of
/// one input.
Figure contour_figure(const table::FitResult& result, const std::string& y);

}  // namespace rung
