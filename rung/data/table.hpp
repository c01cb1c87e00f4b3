#pragma once
/// Any file of runs or evaluations, once read: named columns of equal length.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rung/core/error.hpp"

namespace rung {

/// A column holds numbers or text. A missing number is NaN; a missing text is "".
struct Column {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::string>> values;

  bool is_number() const { return std::holds_alternative<std::vector<double>>(values); }
  std::size_t size() const;
};

/// Rows and columns of one source. `lines[i]` is the line of row i in `source`, for errors that say
/// where, and `starts[i]` the place in that line where it begins; empty where a row is a line.
class Table {
 public:
  Table() = default;
  explicit Table(std::string source) : source_(std::move(source)) {}

  const std::string& source() const { return source_; }
  std::size_t n_rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<std::string> column_names() const;
  const std::vector<std::size_t>& lines() const { return lines_; }

  /// Adds a column; its length must match the others' (checked).
  void add(Column column);
  /// The same, or in the place of the column of that name.
  void set(Column column);
  void set_lines(std::vector<std::size_t> lines, std::vector<std::size_t> starts = {}) {
    lines_ = std::move(lines);
    starts_ = std::move(starts);
  }
  /// That of these rows of another table.
  void set_places_of(const Table& other, std::span<const std::size_t> rows);

  /// Of a row, for errors.
  Location location(std::size_t row) const {
    return {source_, row < lines_.size() ? lines_[row] : 0,
            row < starts_.size() ? starts_[row] : 0};
  }

  bool has(std::string_view name) const { return find(name) != nullptr; }
  const Column* find(std::string_view name) const;

  /// InputError with the nearest names when the column is absent; `numbers` also when it holds
  /// text.
  const Column& column(std::string_view name) const;
  const std::vector<double>& numbers(std::string_view name) const;
  /// InputError with the line where a number of the column is infinite.
  void refuse_infinities(const Column& column) const;
  /// The same where most cells of a column of text are numbers and one is not: it would be read as
  /// no measurement at all.
  void refuse_words_among_numbers(const Column& column) const;

 private:
  void require_length(const Column& column) const;

  std::string source_;
  std::vector<Column> columns_;
  std::vector<std::size_t> lines_, starts_;
};

}  // namespace rung
