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

/// What to say of a name that is not there: the nearest, else all that there are (a dozen at most)
/// behind `all`, such as "columns are ".
std::string close_or_all(const char* all, const std::string& name, std::vector<std::string> known);

}  // namespace rung::runs
