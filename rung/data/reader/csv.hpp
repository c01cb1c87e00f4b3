#pragma once
/// CSV (RFC 4180) into a Table.

#include <string>
#include <string_view>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

struct CsvOptions {
  char separator = ',';
  /// These must be there, and only these are read; empty: all.
  std::vector<std::string> columns = {};
  /// Read beside `columns` where the file has them.
  std::vector<std::string> optional_columns = {};
  /// Of those read: a finite number in each cell, or a problem.
  std::vector<std::string> number_columns = {};
  int n_threads = 1;       // for one large file; 0: all cores
  bool keep_lines = true;  // Table::lines()
};

/// What any format is asked for, of a file with this separator.
CsvOptions csv_options(const TableOptions& options, char separator);

/// Columns come in the file's order. A column holds numbers when each of its cells is a number ("."
/// is the decimal point whatever the locale; "nan" and "inf" count) or missing ("", NA, N/A, null,
/// None), else text as it stands. Quoted cells may hold separators, line ends and doubled quotes;
/// lines end in LF or CRLF; a UTF-8 byte order mark and blank lines are passed over; blanks around
/// column names and numbers don't count.
///
/// InputError with every problem, each with its line and, where it is a cell's, the
/// column in bytes: an empty file, two columns of one name, a missing column (with the nearest
/// names), a row with more or fewer cells than the header, a quote that never closes, a cell of
/// `number_columns` that holds no finite number. `source` is the text's name in them.
Table parse_csv(std::string_view content, std::string source, const CsvOptions& options = {});

/// What the columns are called, in the file's order; InputError as above, of the header only.
std::vector<std::string> csv_column_names(std::string_view content, const std::string& source);

}  // namespace rung
