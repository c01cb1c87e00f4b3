#pragma once
/// What models are worth in others' compute, as a picture.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/observational/placement.hpp"

namespace rung::observational {

/// A panel a model: the compute of each family at which it would come to stand, likest on top.
Figure placement_figure(const std::vector<Placement>& placements);

}  // namespace rung::observational
