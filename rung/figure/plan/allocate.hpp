#pragma once
/// Pictures of compute-optimal sizes: isoFLOP curves and where their bottoms lie.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung {

/// A row a group. Left: loss over size, budget by budget, with the parabolas and their bottoms (for
/// approach 1: loss over compute with the envelope). Right: the best size over compute. A budget
/// has one colour in all groups.
Figure isoflop_figure(const std::vector<plan::IsoflopRuns>& groups);

/// The same from laws: their slices at the answers' budgets with their lowest points, and the best
/// size over compute (with inference, that of the model's life) with the answers' intervals. A
/// question has one colour in all groups. Answers without an optimum are left out; InputError where
/// none has one.
Figure allocation_figure(const plan::AllocateResult& result);

}  // namespace rung
