#pragma once
/// Pictures of compute-optimal sizes: isoFLOP curves and where their bottoms lie.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/plan/answer.hpp"

namespace rung {

/// One group's runs with what approach 1 or 2 makes of them.
struct IsoflopRuns {
  std::string label;
  std::vector<plan::IsoflopPoint> points;
  plan::IsoflopFit fit;
  bool parabolas = true;  // approach 2; else the envelope of approach 1
};

/// A row a group. Left: loss over size, budget by budget, with the parabolas and their bottoms (for
/// approach 1: loss over compute with the envelope). Right: the best size over compute.
Figure isoflop_figure(const std::vector<IsoflopRuns>& groups);

/// One group's law with its answers.
struct AllocatedLaw {
  std::string label;
  plan::Source source;
  plan::AllocateOptions options;
  std::vector<plan::Answer> answers;
};

/// The same from a law: its slices at the answers' budgets with their lowest points, and the best
/// size over compute with the answers' intervals. Answers without an optimum are left out;
/// InputError where none has one.
Figure allocation_figure(const std::vector<AllocatedLaw>& laws);

}  // namespace rung
