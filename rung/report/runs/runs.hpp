#pragma once
/// What rung runs found.

#include "rung/report/document.hpp"
#include "rung/study/runs/runs.hpp"

namespace rung::runs {

Document describe(const Result& result);

}  // namespace rung::runs
