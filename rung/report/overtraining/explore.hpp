#pragma once
/// What the testbed holds, described: runs, search, tasks, what moves with the loss.

#include <string>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/report/overtraining/shared.hpp"
#include "rung/study/overtraining/explore.hpp"

namespace rung {

TextTable correlation_table(const overtraining::CorrelationResult& result, const SetNames& names);
TextTable token_curve_table(const overtraining::TokensResult& result, const SetNames& names);

/// What the bounds in it are; "" where it has none.
std::string token_curve_note(const std::vector<overtraining::TokenCurve>& curves);

TextTable sensitivity_table(const std::vector<overtraining::Sensitivity>& sensitivities);
TextTable task_info_table(const Testbed& testbed);

/// Chosen columns and rows of any table, as they stand; numbers by their own size.
TextTable table_of(const Table& table, const std::vector<std::string>& columns,
                   const std::vector<std::size_t>& rows);

/// The same with every row.
TextTable table_of(const Table& table, const std::vector<std::string>& columns);

/// Results: an object a row, with every column.
Document describe(const overtraining::Listing& listing);

Document describe_tasks(const Testbed& testbed);
Document describe_contradictions(const Testbed& testbed);
/// By hyperparameter, or with `effects` by each of its values; the results are the same.
Document describe(const std::vector<overtraining::Sensitivity>& sensitivities, bool effects);
Document describe(const overtraining::TokensResult& result);
Document describe(const overtraining::CorrelationResult& result);

}  // namespace rung
