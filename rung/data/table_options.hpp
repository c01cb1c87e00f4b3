#pragma once
/// What to read of a table, whatever its format.

#include <string>
#include <vector>

namespace rung {

enum class TableFormat { automatic, csv, tsv, json, jsonl };

struct TableOptions {
  TableFormat format = TableFormat::automatic;
  /// These must be there, and only these are read; empty: all.
  std::vector<std::string> columns = {};
  /// Read beside `columns` where the file has them.
  std::vector<std::string> optional_columns = {};
  /// Of those read: a finite number in each cell, or a problem.
  std::vector<std::string> number_columns = {};
  int n_threads = 0;       // 0: all cores
  bool keep_lines = true;  // Table::lines()
};

}  // namespace rung
