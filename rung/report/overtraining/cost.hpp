#pragma once
/// What over-training costs, and the best size for a budget, described.

#include <vector>

#include "rung/report/overtraining/shared.hpp"

namespace rung {

TextTable cost_table(const std::vector<overtraining::CostRows>& rows, const SetNames& names);
/// What is to be said below it: what the intervals are of, and what (!) means where it is there.
std::vector<std::string> cost_notes(const std::vector<overtraining::CostRows>& rows);

Document describe(const std::vector<overtraining::CostRows>& rows);
Document describe(const std::vector<overtraining::BudgetRow>& rows);

}  // namespace rung
