#pragma once
/// The ways to predict side by side, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/compare.hpp"

namespace rung::ladder {

Document describe(const ComparisonResult& result);

}  // namespace rung::ladder
