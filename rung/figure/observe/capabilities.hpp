#pragma once
/// Capability measures as pictures.

#include "rung/figure/figure.hpp"
#include "rung/study/observational/capabilities.hpp"

namespace rung::observational {

/// Shares that components explain, their loadings, and PC-1 against compute by family.
Figure components_figure(const Capabilities& found);
/// Components and benchmarks against the scale, a panel each, with a line a family.
Figure growth_figure(const Capabilities& found, const std::string& scale);
/// The first component so, and of all of them how far a line explains them.
Figure first_growth_figure(const Capabilities& found, const std::string& scale);

/// Of these, for other figures.
Panel explained_panel(const Capabilities& found);
Panel loadings_panel(const Capabilities& found);
Panel growth_panel(const Capabilities& found, const std::string& value, const std::string& scale);
/// The families that have a line, to stand below.
LegendGroup family_legend(const Capabilities& found, const std::string& scale);

}  // namespace rung::observational
