#pragma once
/// From a table as loggers write it, a row an entry, to Runs.

#include <string>
#include <vector>

#include "rung/data/run.hpp"
#include "rung/data/table.hpp"

namespace rung {

/// One Run for each name in the column of names ("run", "model", "Name", …), or one called
/// `default_name`; a row a checkpoint, in the table's order. Steps ("step", "_step",
/// "global_step", …), tokens ("n_tokens", "throughput/total_tokens", …), sizes ("n_params", …) and
/// FLOPs are known by their usual names, "config." stands before settings, and every other column
/// of numbers is a metric. Columns of clocks are left out.
std::vector<Run> runs_of_log(const Table& table, const std::string& default_name);

/// The name by which a column of a log is known here: "step" for "_step", "n_tokens" for
/// "num_input_tokens_seen"; any other as it is.
std::string known_name(const std::string& column);

}  // namespace rung
