#pragma once
/// What rung allocate says.

#include "rung/report/document.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung::plan {

Document describe(const AllocateResult& result);
Document describe(const IsoflopResult& result);

}  // namespace rung::plan
