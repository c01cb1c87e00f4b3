#pragma once
/// Where models stand among others, as a document.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/observational/placement.hpp"

namespace rung::observational {

Document describe(const std::vector<Placement>& placements);

}  // namespace rung::observational
