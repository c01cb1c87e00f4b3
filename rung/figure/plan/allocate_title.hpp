#pragma once
/// What pictures of allocations say above them, of all groups.

#include <string>
#include <vector>

#include "rung/study/plan/allocation.hpp"

namespace rung {

/// "Best size for 10²¹ FLOPs: 1.8B parameters, 95B tokens", or "Cheapest way to loss 2.5: …", of
/// the first question that has an answer; of several groups from the least to the most.
std::string allocation_title(const plan::AllocateResult& result);

/// Of all answers: how far beyond the data they lie, which targets can't be reached or not in all
/// refits, losses outside the second law's data, what bars mean, and `dotted`, what dotted lines
/// do.
std::string allocation_subtitle(const plan::AllocateResult& result, const std::string& dotted);

/// "10²¹ FLOPs", "loss 2.5"
std::string question_words(const plan::Asked& asked);

/// The title of isoFLOP runs; without a budget how the best sizes grow.
std::string isoflop_title(const std::vector<plan::IsoflopRuns>& groups);

}  // namespace rung
