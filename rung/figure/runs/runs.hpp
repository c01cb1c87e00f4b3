#pragma once
/// Loss curves of runs.

#include "rung/figure/figure.hpp"
#include "rung/study/runs/runs.hpp"

namespace rung::runs {

Figure runs_figure(const Result& result);

}  // namespace rung::runs
