#pragma once
/// Expressions over a table's columns: new columns, conditions on rows, groups of rows.
///
/// A missing cell (NaN, "") makes what is computed from it missing; a comparison with it is neither
/// true nor false, so where() leaves the row out; `is missing` asks for it. Otherwise 0 is false
/// and any other number true. InputError for a name that is no column and for text where numbers
/// are needed: every such place, each with a caret.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/data/table.hpp"

namespace rung {

/// One number a row; NaN where it is missing or has no value (log(-1)). Conditions give 1 and 0.
std::vector<double> evaluate(const Expression& expression, const Table& table);

/// The table with a column for each entry, which later entries may use; a column of that name is
/// replaced. An entry that only names a text column, or is a text, makes a text column. InputError
/// with file and line of up to 20 rows where a value comes out as no finite number although nothing
/// it is computed from is missing.
Table with_columns(Table table, const Mapping& mapping);
Table with_columns(Table table, std::string_view mapping);  // "D = C/(6*N), log_D = log(D)"

/// The rows for which the condition is true.
Table where(const Table& table, const Expression& condition);
Table where(const Table& table, std::string_view condition);

/// These rows, in this order.
Table select_rows(const Table& table, std::span<const std::size_t> rows);

struct Group {
  std::string label;  // "c4"; of several columns "dataset=c4, width=256"; missing is "(missing)"
  std::vector<std::string> values;  // one a column, "" where missing
  std::vector<std::size_t> rows;    // ascending
};

/// Rows that agree in all these columns, in order of first appearance; without columns, all rows in
/// one group with the label "". InputError with the nearest names when there is no such column.
std::vector<Group> group_by(const Table& table, const std::vector<std::string>& columns);

}  // namespace rung
