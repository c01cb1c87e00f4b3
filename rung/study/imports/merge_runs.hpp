#pragma once
/// Steps of study/imports: parts of runs to runs, and what their rows lack.

#include <string>
#include <vector>

#include "rung/study/imports/imports.hpp"

namespace rung::imports {

/// What `stated` says of size, FLOPs and settings takes the place of what the run says.
void take_sizes_and_settings(Run& run, const Run& stated);

struct Merged {
  std::vector<Run> runs;       // by order of first appearance; rows by step, else by tokens,
                               // else by the clock
  std::size_t n_repeated = 0;  // values that stood there already
  std::vector<std::string> repeated_runs;
};
Merged merge_runs(const std::vector<Run>& parts, Repeated repeated);

/// Tokens of rows that have none: from tokens a step where the run or the request says them, else
/// between the rows around. Where each row of several says the same, it is what the last has seen,
/// and the others had their steps' share of it. How many rows were filled.
std::size_t fill_tokens(Run& run, std::optional<double> batch_tokens);

/// A new row at this step of a run that has steps, all its cells missing; its index. Rows stay in
/// order.
std::size_t insert_row(Run& run, double step);

}  // namespace rung::imports
