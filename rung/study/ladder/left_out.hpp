#pragma once
/// The combined predictor of a task without each of its runs in turn.

#include "rung/study/ladder/trained.hpp"

namespace rung::ladder {

struct LeftOut {
  Trained full;
  std::vector<Trained> without;  // [runs]
};

/// Each keeps of the growth that it predicts what came in its own folds; where all runs together
/// keep all of it, so does each without one whose signal is theirs.
LeftOut leave_each_out(const TaskData& data);

}  // namespace rung::ladder
