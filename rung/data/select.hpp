#pragma once
/// Expressions over a table's columns: new columns, conditions on rows.
///
/// A missing cell (NaN, "") makes what is computed from it missing; a comparison with it is neither
/// true nor false, so where() leaves the row out; `is missing` asks for it. Otherwise 0 is false
/// and any other number true. Where numbers are needed, a column of text is read as numbers if some
/// of its cells are ("7B" is 7e9); texts that are dates compare as instants. InputError for a name
/// that is no column and for text where numbers are needed: every such place, each with a caret,
/// and every row whose value rests on a cell that is no number, with file and line.

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
/// with file and line of the rows where a value comes out as no finite number although nothing
/// it is computed from is missing.
Table with_columns(Table table, const Mapping& mapping);
/// The same, but an entry of one of these names makes numbers of a text column, or an InputError.
Table with_columns(Table table, const Mapping& mapping, std::span<const std::string> numbers);
Table with_columns(Table table, std::string_view mapping);  // "D = C/(6*N), log_D = log(D)"

/// InputError, with a caret, for a name that is neither a column nor an earlier entry's, in a table
/// that an option alone makes: there a quantity is meant, "N=7B".
void require_quantities(const Mapping& mapping, const Table& table);

/// The rows for which the condition is true.
Table where(const Table& table, const Expression& condition);
Table where(const Table& table, std::string_view condition);

/// These rows, in this order.
Table select_rows(const Table& table, std::span<const std::size_t> rows);

}  // namespace rung
