#pragma once
/// Pictures of compute-optimal sizes: isoFLOP curves and where their bottoms lie.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung {

/// A row a group. Left: loss over size, budget by budget, with the parabolas and their bottoms (for
/// approach 1: loss over compute with the envelope). Right: the best size over compute.
Figure isoflop_figure(const std::vector<plan::IsoflopRuns>& groups);

/// The same from a law: its slices at the answers' budgets with their lowest points, and the best
/// size over compute with the answers' intervals. Answers without an optimum are left out;
/// InputError where none has one.
Figure allocation_figure(const std::vector<plan::AllocatedLaw>& laws);

}  // namespace rung
