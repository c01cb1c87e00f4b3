#pragma once
/// What to read of a table, whatever its format.

#include <cstddef>
#include <string>
#include <vector>

namespace rung {

struct TableOptions {
  std::string format = {};  // "csv", as rung/data/reader/format.hpp lists them; empty: recognised
  /// These must be there, and only these are read; empty: all.
  std::vector<std::string> columns = {};
  /// Read beside `columns` where the file has them.
  std::vector<std::string> optional_columns = {};
  /// Of those read: a finite number in each cell, or a problem.
  std::vector<std::string> number_columns = {};
  int n_threads = 0;       // 0: all cores
  bool keep_lines = true;  // Table::lines()
  /// More than this out of a compressed file is refused: 5 MB can hold gigabytes of blanks.
  std::size_t most_unpacked_bytes = 1'000'000'000;
};

}  // namespace rung
