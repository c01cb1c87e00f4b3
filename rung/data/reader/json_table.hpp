#pragma once
/// Gathers JSON values, which a format finds in a file, into a Table.
///
/// Nested objects become columns with dots: {"config": {"lr": 1}} is config.lr. Columns stand in
/// order of first appearance; where a row lacks one, the cell is missing, as null is. A column
/// whose cells are all numbers, booleans (1 and 0) or missing holds numbers, any other holds text:
/// numbers and arrays in it as their JSON. NaN is missing; Infinity is a number, as inf in CSV.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/value.hpp"
#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

/// The values given to it must outlive it.
class JsonTable {
 public:
  JsonTable(const std::string& source, const TableOptions& options)
      : source_(source), options_(options) {}

  /// A row from the members of an object. `lines_before`: in the file, before the text that the
  /// object was parsed from.
  void add_row(const Value& object, std::size_t lines_before = 0);

  /// Each of these is a row.
  void add_rows(const Value::List& rows);

  /// A column whose cells are the items of a list. Columns must be of one length.
  void add_column(const std::string& name, const Value& list);

  /// One cell; a problem where the call before set the same.
  void set(const std::string& name, std::size_t row, const Value& cell);

  /// A problem at a value of row `row` (or of none, when rows don't come as objects).
  void problem(const Value& at, std::string message, std::string hint = "", std::size_t row = 0);

  /// `n_bytes`: of the file, which a table may exceed only so far: where each row has columns of
  /// its own, it would grow with their square. InputError with every problem.
  Table finish(std::size_t n_bytes);

 private:
  /// Cells by column, with their rows: a table full of gaps takes no more room than its file.
  struct Cells {
    std::string name;
    bool wanted = true;
    std::vector<std::pair<std::size_t, const Value*>> cells = {};
  };
  struct Row {
    const Value* object;
    std::size_t lines_before;
  };

  Cells& cells_of(const std::string& name);
  void add_members(const std::string& prefix, const Value::Table& members, std::size_t row);
  Location place(const Value& value, std::size_t row) const;
  void require_columns();
  void throw_problems();
  void require_numbers(const std::string& name, const std::vector<const Value*>& cells);
  void require_density(std::size_t n_bytes) const;

  const std::string& source_;
  const TableOptions& options_;
  std::vector<Cells> columns_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Row> rows_;  // where rows come as objects
  std::size_t n_rows_ = 0;
  const Value* first_list_ = nullptr;  // where columns come as lists
  std::vector<Problem> problems_;
  std::size_t n_more_problems_ = 0;
};

/// "an object", "a number", "null": what a value is.
std::string kind_of(const Value& value);

}  // namespace rung
