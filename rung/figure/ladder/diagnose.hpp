#pragma once
/// Which runs a prediction hangs on.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/diagnose.hpp"

namespace rung::ladder {

/// How far the predictions move when a run is left out. One task: bars, a panel a target. Several:
/// runs by tasks as a map, a panel a target. Runs that fall off the fit, decide a parameter alone
/// or only guess are marked.
Figure diagnose_figure(const std::vector<TaskDiagnosis>& diagnoses);

}  // namespace rung::ladder
