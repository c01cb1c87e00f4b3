#pragma once
/// Which runs are shown, and in which order.

#include <string>
#include <vector>

#include "rung/study/runs/runs.hpp"

namespace rung::runs {

/// Indices of `summaries`, one a run. InputError where --where leaves none, and where --sort names
/// no column.
std::vector<std::size_t> chosen_runs(const Request& request, const std::vector<Run>& runs,
                                     const std::vector<RunSummary>& summaries);

}  // namespace rung::runs
