#pragma once
/// What pictures of allocations say above them, of all groups.

#include <string>
#include <vector>

#include "rung/study/plan/allocation.hpp"

namespace rung {

/// "Best size for 10²¹ FLOPs: 1.8B parameters, 95B tokens", or "Cheapest way to loss 2.5: …", of
/// the first question that has an answer; of several groups from the least to the most.
std::string allocation_title(const plan::AllocateResult& result);

/// The same of isoFLOP runs; without a budget how the best sizes grow.
std::string isoflop_title(const std::vector<plan::IsoflopRuns>& groups);

}  // namespace rung
