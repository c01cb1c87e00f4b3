#pragma once
/// Groups of a table's rows.

#include <cstddef>
#include <string>
#include <vector>

#include "rung/data/table.hpp"

namespace rung {

struct Group {
  std::string label;  // "c4"; of several columns "dataset=c4, width=256"; missing is "(missing)"
  std::vector<std::string> values;  // one a column, "" where missing
  std::vector<std::size_t> rows;    // ascending
};

/// Rows that agree in all these columns, in order of first appearance; without columns, all rows in
/// one group with the label "". InputError with the nearest names when there is no such column.
std::vector<Group> group_by(const Table& table, const std::vector<std::string>& columns);

}  // namespace rung
