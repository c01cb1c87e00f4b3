#pragma once
/// Two tables side by side.

#include <cstddef>
#include <string>
#include <vector>

#include "rung/data/table.hpp"

namespace rung {

struct Joined {
  Table table;
  /// Rows without a partner: of the left table, which are kept with cells missing, and of the right
  /// one, which are left out. By their key.
  std::vector<std::string> left_only, right_only;
};

/// The rows of `left`, each with the cells of the row of `right` that has the same value in the
/// column `on`. A column that both have keeps its cells and gets what is missing from `right`.
/// Neither needs a single row for each key on the left; `right` does.
///
/// InputError where one of the tables has no column `on`, for a key that stands twice in `right`
/// with cells that differ, and for cells that both tables have and that differ: every such place.
Joined join(const Table& left, const Table& right, const std::string& on);

}  // namespace rung
