#pragma once
/// How far a combined prediction is to be trusted, and why no further.

#include "rung/study/ladder/trained.hpp"

namespace rung::ladder {

/// Sets `trust` by `reach`, and where the prediction is not sound says why in `marks`.
void judge(const TaskData& data, const Trained& trained, const Trained::Prediction& prediction,
           CombinedTarget& target);

}  // namespace rung::ladder
