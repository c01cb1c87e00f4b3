#pragma once
/// How far a combined prediction is to be trusted, and why no further.

#include "rung/study/ladder/trained.hpp"

namespace rung::ladder {

/// Sets `trust` by `reach`, and where the prediction is not sound says why in `marks`.
void judge(const TaskData& data, const Trained& trained, const Trained::Prediction& prediction,
           CombinedTarget& target);

/// The same of runs that do not belong with the others, a phrase each: doubtful.
void mark_wrong_runs(const std::vector<std::string>& runs, CombinedTarget& target);

/// Where the prediction without one run (by TaskData::runs), which fits the others least, lies
/// outside of the interval: doubtful, and the interval reaches over both.
void mark_one_that_decides(const TaskData& data, std::size_t run, const Trained& others,
                           CombinedTarget& target);

/// Of what is predicted without the runs and checkpoints that stand off, and with another chance;
/// the interval reaches over both.
void mark_without_off(const CombinedTarget& without, CombinedTarget& target);
void mark_other_chance(double chance, const CombinedTarget& other, CombinedTarget& target);

/// Where all runs score the same: no interval follows from that.
void mark_one_value(double accuracy, CombinedTarget& target);

}  // namespace rung::ladder
