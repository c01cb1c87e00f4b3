#pragma once
/// Whether runs go along with a curve that has fewer freedoms than step 2's sigmoid: with levels
/// held at chance and at 1 (fixed_levels), or the log-sigmoid.

#include <optional>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// Step 2 of the same checkpoints as `predict` fits it: both levels fitted, by the artificial
/// point.
Step2Result with_free_levels(const Step2Result& step2);

/// From where to where `free`, of the same checkpoints, goes, where the runs' ends lie so much
/// nearer to it than to the held curve that it is no chance (1%, by the F test of its parameters
/// more). Absent where they don't, and for too few runs.
std::optional<ValueRange> levels_preferred(const Step2Result& held, const Step2Result& free);

}  // namespace rung::ladder
