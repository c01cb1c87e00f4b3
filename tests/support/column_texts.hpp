#pragma once
/// A text column's cells.

#include <string>
#include <string_view>
#include <vector>

#include "rung/data/table.hpp"

namespace rung {

inline const std::vector<std::string>& texts(const Table& table, std::string_view name) {
  return std::get<std::vector<std::string>>(table.column(name).values);
}

}  // namespace rung
