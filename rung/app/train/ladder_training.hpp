#pragma once
/// Every rung of a plan, one after the other.

#include "rung/app/context.hpp"
#include "rung/lm/ladder_plan.hpp"
#include "rung/study/model/planned.hpp"

namespace rung::app {

/// Trains what is not done yet, and fills in `rows` what came of each rung; the checkpoints of all
/// go to the plan's folder. A rung that fails leaves the others be.
void train_ladder(CommandContext& context, const lm::LadderPlan& plan, model::LadderRows& rows);

}  // namespace rung::app
