#pragma once
/// Checkpoints inside runs beside the ends of shorter runs.

#include <optional>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

struct InsideRuns {
  /// By what share the losses inside longer training runs lie above the ends of shorter ones of the
  /// same size, at the same tokens, on average: as where the learning rate decays, and a curve
  /// along a run is not one of runs of that length. Absent within two standard errors of nothing
  /// (pairs of one size count as one).
  std::optional<double> gap;
  bool tested = false;  // whether there are three such pairs or more
};

InsideRuns inside_runs(const Ladder& ladder, const Task& task, Metric metric);

}  // namespace rung::ladder
