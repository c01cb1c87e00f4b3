#pragma once
/// What rung decide found, for programs.

#include "rung/report/json.hpp"
#include "rung/study/decide/decide.hpp"

namespace rung::decide {

/// An element a method and task; those of the deciding method have recipes and gaps.
Json json_scores(const Result& result);

}  // namespace rung::decide
