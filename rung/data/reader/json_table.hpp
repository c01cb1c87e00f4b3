#pragma once
/// JSON and JSON lines into a Table.

#include <string>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

/// Rows come as an array of objects, as an object with such an array under "results", as an object
/// of arrays of equal length (columns), or as one object (one row).
///
/// Nested objects become columns with dots: {"config": {"lr": 1}} is config.lr. Columns stand in
/// order of first appearance; where a row lacks one, the cell is missing, as null is. A column
/// whose cells are all numbers, booleans (1 and 0) or missing holds numbers, any other holds text:
/// numbers and arrays in it as their JSON. NaN and Infinity, which Python writes, are missing.
///
/// InputError with file, line and column: text that isn't JSON; with every problem (up to 100): a
/// row that is no object, columns of unequal length, two ways to one column's name, a missing
/// column of `options.columns`, a cell of `options.number_columns` that holds no number.
Table parse_json_table(std::string content, const std::string& source,
                       const TableOptions& options = {});

/// The same with one object a line; blank lines are passed over. Every line that isn't JSON is
/// reported.
Table parse_jsonl_table(std::string content, const std::string& source,
                        const TableOptions& options = {});

}  // namespace rung
