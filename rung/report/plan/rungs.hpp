#pragma once
/// A design as a plan file, which `rung ladder train` takes.

#include <string>

#include "rung/study/plan/rungs.hpp"

namespace rung::plan {

/// `name`: of the ladder; `data`: of what it is trained on.
std::string plan_file_text(const Rungs& rungs, const std::string& name, const std::string& data);

}  // namespace rung::plan
