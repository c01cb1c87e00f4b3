#pragma once
/// Which columns logged runs have, and which of them an option means.

#include <set>
#include <string>
#include <vector>

#include "rung/data/run.hpp"

namespace rung::ladder {

using LoggedColumns = std::set<std::string>;

/// Of all runs, less those that stand beside a score and are none themselves.
LoggedColumns columns_of_runs(const std::vector<Run>& runs);

/// The column that `meant` names, whole, by all that stands behind its last slashes, or in part.
/// InputError naming `option` where it is none, or one of several.
std::string column_meant(const std::string& meant, const char* option,
                         const LoggedColumns& columns);

}  // namespace rung::ladder
