#pragma once
/// Runs as a table and back: what shipped tables hold, and how any table of runs becomes Runs.

#include <span>
#include <string>
#include <vector>

#include "rung/data/run.hpp"
#include "rung/data/table.hpp"

namespace rung {

/// Which column holds which part of a run; the names below are those that the tables here have. A
/// column that a table lacks leaves its part unset. Settings and descriptions are columns that
/// begin with kSettingPrefix, as importers flatten a "config"; every other column of numbers is a
/// metric.
struct RunColumns {
  std::string model = "model", label = "label", family = "family", length = "length", file = "file",
              seed = "seed";
  std::string n_params = "n_params", n_params_non_embedding = "n_params_non_embedding",
              n_params_active = "n_params_active";
  std::string flops_per_token = "flops_per_token", total_flops = "total_flops";
  std::string n_tokens = "n_tokens";
};

inline constexpr const char* kSettingPrefix = "config.";

/// One row a checkpoint, run after run. A part that no run has makes no column; what one run lacks
/// is missing in its rows.
Table table_of_checkpoints(std::span<const Run> runs, std::string source,
                           const RunColumns& columns = {});

/// A run for each distinct who, size and settings, in order of first appearance; its rows are its
/// checkpoints and need not stand together. Without a column of tokens, checkpoints have none
/// (NaN). Text that changes within a run is left out. InputError with file and line of every place
/// where tokens go back within a run, and of a word in a column that else holds numbers.
std::vector<Run> runs_of(const Table& table, const RunColumns& columns = {});

}  // namespace rung
