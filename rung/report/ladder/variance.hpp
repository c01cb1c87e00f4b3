#pragma once
/// The noise of a run's last checkpoints, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/variance.hpp"

namespace rung::ladder {

Document describe(const std::vector<VarianceResult>& results);

}  // namespace rung::ladder
