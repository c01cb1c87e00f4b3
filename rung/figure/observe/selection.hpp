#pragma once
/// A choice of families as a picture.

#include "rung/figure/figure.hpp"
#include "rung/study/observational/selection.hpp"

namespace rung::observational {

/// Errors (or, unjudged, the objective) by budget beside random choices, and the families chosen.
Figure selection_figure(const Selection& found);

}  // namespace rung::observational
