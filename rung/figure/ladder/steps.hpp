#pragma once
/// The ladder's figures: a panel a task, all with one legend. Colours are model sizes, markers run
/// lengths; a target's star is what it really scored, its open circle what was predicted.

#include <span>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// Loss against compute (tokens where FLOPs are not known), a fitted curve a model size.
Figure step1_figure(std::span<const Step1Result> results);

/// Accuracy against loss: checkpoints, curve and the band of the curve, not of one more run.
Figure step2_figure(std::span<const Step2Result> results);

/// The same of several configurations, the panels of one after those of the other.
Figure step2_figure(const std::vector<Step2OfConfig>& by_config);

/// Accuracy against compute through both steps.
Figure chain_figure(std::span<const ChainResult> results);

/// One task: step 1, step 2 and their chain side by side.
Figure task_figure(const ChainResult& result);

}  // namespace rung::ladder
