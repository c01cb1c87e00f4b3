#pragma once
/// Extrapolation along one axis, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/extrapolate.hpp"

namespace rung::ladder {

Document describe(const std::vector<ExtrapolateDResult>& results);
Document describe(const std::vector<ExtrapolateNResult>& results);

}  // namespace rung::ladder
