#pragma once
/// Whether the logs of a run hold all that its checkpoints say was done.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "rung/lm/settings.hpp"

namespace rung::lm {

/// A sentence for each log of the folder that lacks rows up to `step`, which is the last that a
/// checkpoint is of. InputError where one is no log.
std::vector<std::string> missing_from_logs(const Settings& settings,
                                           const std::filesystem::path& folder, std::int64_t step);

}  // namespace rung::lm
