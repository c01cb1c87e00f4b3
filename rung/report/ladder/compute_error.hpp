#pragma once
/// How the error falls as the ladder grows, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/compute_error.hpp"

namespace rung::ladder {

Document describe(const ComputeErrors& found, const ErrorSelection& selection);

}  // namespace rung::ladder
