#pragma once
/// A table that was read or made, as rows to print.

#include "rung/data/table.hpp"
#include "rung/report/text_table.hpp"

namespace rung {

/// A row a row, missing numbers as empty cells.
TextTable rows_of(const Table& table);

/// That as CSV.
std::string csv_text(const Table& table);

}  // namespace rung
