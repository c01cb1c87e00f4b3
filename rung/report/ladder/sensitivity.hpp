#pragma once
/// How far predictions move with choices, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/sensitivity.hpp"

namespace rung::ladder {

Document describe(const SensitivityResult& result);

}  // namespace rung::ladder
