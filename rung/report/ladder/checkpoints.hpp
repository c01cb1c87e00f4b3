#pragma once
/// Checkpoints that stand off their own runs, for programs.

#include <vector>

#include "rung/report/json.hpp"
#include "rung/study/ladder/wrong_checkpoints.hpp"

namespace rung::ladder {

/// [{"model", "length", "column", "file", "line" (or null), "checkpoint", "d", "value",
/// "by_others"}]
Json json_checkpoints(const std::vector<WrongCheckpoint>& checkpoints);

}  // namespace rung::ladder
