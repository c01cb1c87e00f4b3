#pragma once
/// A ladder without what stands off in it: what is predicted and asked of the other runs alone.

#include <set>
#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/wrong_checkpoints.hpp"

namespace rung::ladder {

/// The ladder without these runs (by Ladder::runs) and checkpoints. A run of which nothing is left
/// goes.
Ladder without_off(const Ladder& ladder, const std::set<std::size_t>& runs,
                   const std::vector<WrongCheckpoint>& checkpoints);

}  // namespace rung::ladder
