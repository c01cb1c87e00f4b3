#pragma once
/// What rung backtest says.

#include "rung/report/document.hpp"
#include "rung/study/table/law_comparison.hpp"

namespace rung::table {

Document describe(const BacktestRequest& request, const BacktestResult& result);

}  // namespace rung::table
