#pragma once
/// Checkpoints inside runs beside the ends of shorter runs.

#include <optional>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// By what share the losses inside longer training runs lie above the ends of shorter ones of the
/// same size, at the same tokens, on average: as where the learning rate decays, and a curve along
/// a run is not one of runs of that length. Absent where there are fewer than three pairs, or it is
/// within two standard errors of nothing (pairs of one size count as one).
std::optional<double> gap_inside_runs(const Ladder& ladder, const Task& task, Metric metric);

}  // namespace rung::ladder
