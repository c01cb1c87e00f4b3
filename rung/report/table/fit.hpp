#pragma once
/// What rung fit says.

#include "rung/report/document.hpp"
#include "rung/study/table/fit.hpp"

namespace rung::table {

Document describe(const FitRequest& request, const FitResult& result);

/// Of the law before it was shared: what runs of the same inputs give away.
TextTable sweep_table(const SweepReport& report, const Law& law);
/// One group's sweeps.
Json json_sweeps(const FitResult& result, const std::string& group);

/// {"condition_number", "most_correlated", "at_bounds", "alternatives", "alternatives_spread",
/// "rows"}: of rows those that stand out, with the line of the table that they come from.
Json json_diagnosis(const FittedGroup& group, const Prepared& prepared, const Sample& sample);

}  // namespace rung::table
