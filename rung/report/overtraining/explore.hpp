#pragma once
/// What the testbed holds, described: runs, search, tasks, what moves with the loss.

#include <string>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/report/overtraining/shared.hpp"
#include "rung/study/overtraining/explore.hpp"

namespace rung {

/// correlations[training set][error set].
TextTable correlation_table(
    const std::vector<std::string>& train_sets,
    const std::vector<std::vector<overtraining::TaskCorrelation>>& correlations,
    const SetNames& names);
TextTable token_curve_table(const std::vector<overtraining::TokenCurve>& curves,
                            const SetNames& names);

TextTable sensitivity_table(const std::vector<overtraining::Sensitivity>& sensitivities);
TextTable task_info_table(const Testbed& testbed);

/// Chosen columns and rows of any table, as they stand; numbers by their own size.
TextTable table_of(const Table& table, const std::vector<std::string>& columns,
                   const std::vector<std::size_t>& rows);

/// Which rows and columns of a table to list, in order.
struct Listing {
  std::vector<std::size_t> rows;
  std::vector<std::string> columns;  // of the text
  std::vector<std::string> csv_columns;
};
/// Results: an object a row, with every column.
Document describe(const Table& table, const Listing& listing);

Document describe_tasks(const Testbed& testbed);
Document describe_contradictions(const Testbed& testbed);
/// By hyperparameter, or with `effects` by each of its values; the results are the same.
Document describe(const std::vector<overtraining::Sensitivity>& sensitivities, bool effects);
Document describe(const std::vector<overtraining::TokenCurve>& curves, const std::string& loss_set);
/// correlations[training set][error set].
Document describe(const std::vector<std::string>& train_sets, const std::string& loss_set,
                  const std::vector<std::vector<overtraining::TaskCorrelation>>& correlations);

}  // namespace rung
