#pragma once
/// Both steps as one function of size and tokens, compared with the runs that they were fitted to.

#include <optional>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// The last checkpoint of each run, in the order of the points; external points are no runs.
std::vector<Step2Point> run_ends(const Step2Result& step2);

/// Accuracy at the loss that step 1 predicts for this model; absent where that is no number.
std::optional<double> chained_accuracy(const ChainResult& chain, const Target& target);

/// Mean |relative error| of the chain at the ends of the training runs; absent where there are
/// none.
std::optional<double> chained_fitting_error(const ChainResult& chain);

/// Step 2 with the targets that were not measured, each at the loss that step 1 predicts, where
/// that is determined.
Step2Result with_predicted_targets(const ChainResult& chain);

}  // namespace rung::ladder
