#pragma once
/// What rung plan says.

#include "rung/report/document.hpp"
#include "rung/study/plan/plan.hpp"

namespace rung::plan {

Document describe(const PlanRequest& request, const PlanResult& result);

}  // namespace rung::plan
