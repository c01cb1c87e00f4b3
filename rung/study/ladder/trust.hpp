#pragma once
/// How far a combined prediction is to be trusted, and why no further.

#include "rung/study/ladder/trained.hpp"

namespace rung::ladder {

/// How far the 90% interval around `predicted` reaches, whatever its own level: its further end's
/// distance as a share of `predicted`. In the logit both ends are `half_width_90` from `middle`.
double reach_of_logits(double predicted, double middle, double half_width_90);

/// Sets `trust` by `reach`, and where the prediction is not sound says why in `marks`.
void judge(const TaskData& data, const Trained& trained, const Trained::Prediction& prediction,
           CombinedTarget& target);

}  // namespace rung::ladder
