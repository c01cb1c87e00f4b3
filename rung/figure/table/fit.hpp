#pragma once
/// Pictures of fits of any law to any table.

#include <string>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit.hpp"

namespace rung {

/// Observations and the law over one input, a curve for each of up to six values of another one,
/// with the intervals as bands and the targets' predictions: a panel a group. A value has one
/// colour in all panels, and observations between two curves' values one in between. Groups of a
/// law of one input share a panel, a colour each. `y`: what is predicted, in the user's words.
Figure fit_figure(const table::FitResult& result, const std::string& y);

}  // namespace rung
