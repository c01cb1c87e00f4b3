#pragma once
/// A process group over torch's c10d with Gloo.

#include <memory>

#include "rung/lm/process_group.hpp"

namespace rung::train {

/// Waits for the others. InputError where they don't come, or this build has no Gloo.
std::unique_ptr<lm::ProcessGroup> join_group(const lm::JobPlace& place);

}  // namespace rung::train
