#pragma once
/// A table made for people (aligned text, LaTeX) and for programs (CSV), from the same cells.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rung {

/// What stands in one place of a table: nothing, words, or a number that its column knows how to
/// write.
using TextCell = std::variant<std::monostate, std::string, double>;

/// An absent number becomes an empty cell.
TextCell number_cell(std::optional<double> value);

/// Four significant digits, zeros at their end too, so that a column's numbers look alike: "1.510".
std::string four_digits(double x);

/// How a column's numbers read for people, for instance `[](double x) { return percent(x, 1); }`.
using NumberFormat = std::function<std::string(double)>;

/// So many digits behind the point, and no minus before a zero.
NumberFormat decimals(int n);

enum class Align {
  automatic,
  left,
  right
};  // automatic: right where every cell is a number or empty

struct TextColumn {
  std::string header;  // for people: "relative error"
  std::string csv_name;
  NumberFormat format;
  Align align = Align::automatic;
  std::string group;    // what its neighbours and it are about; may be empty
  bool detail = false;  // text leaves it out where the table is too wide
};

/// Columns and rows of one result: first the columns, then rows of one cell for each (checked).
class TextTable {
 public:
  /// `csv_name` is for programs ("relative_error"; empty: the header); without a format, numbers
  /// have four significant digits, and whole numbers where all are.
  void add_column(std::string header, std::string csv_name = "", NumberFormat format = {},
                  Align align = Align::automatic);

  /// The columns added next stand under this title, as "7B-4T" over actual and predicted; "" ends
  /// it. CSV leaves it out.
  void begin_group(std::string title) { group_ = std::move(title); }

  /// The columns added next are details, until `false`: text leaves them out, and says so, where
  /// the table is too wide with them.
  void begin_details(bool details = true) { details_ = details; }

  void add_row(std::vector<TextCell> row);
  /// A thin line before the next row, as before a row of means. CSV leaves it out.
  void add_rule();

  std::size_t n_rows() const { return rows_.size(); }
  const std::vector<TextColumn>& columns() const { return columns_; }
  const std::vector<std::vector<TextCell>>& rows() const { return rows_; }

  /// Two blanks between columns, a line under the header, each line ended; widths count what a
  /// terminal shows. Where lines are longer than `most_columns` (0: any length will do), headers
  /// are broken, columns of absent numbers alone are left out, what is the same in each row is said
  /// once above, details are left out, words broken over lines, and at last columns are put under
  /// each other. A column of empty words alone is always left out.
  std::string text(std::size_t most_columns = 0) const;

  /// RFC 4180 quoting with "\n" line ends, which pipes of Unix tools expect. Numbers are in
  /// shortest round-trip form and are never rounded; what is absent, NaN or infinite is an empty
  /// field.
  std::string csv() const;

  /// A table of GitHub's Markdown; a group's title goes before its columns' headers.
  std::string markdown() const;

  /// A <table>; numbers have the class "number".
  std::string html() const;

  /// A `tabular` for the booktabs package, with everything special escaped.
  std::string latex() const;

 private:
  /// Neighbouring columns under one title.
  struct Group {
    std::string title;
    std::size_t first = 0, n_columns = 1;
  };

  NumberFormat format_of(std::size_t column) const;
  std::vector<std::vector<std::string>> shown_cells(std::string_view absent) const;
  std::vector<bool> right_aligned() const;
  std::vector<Group> groups() const;
  std::string latex_titles() const;

  std::vector<TextColumn> columns_;
  std::string group_;
  bool details_ = false;
  std::vector<std::vector<TextCell>> rows_;
  std::vector<std::size_t> rules_;  // a line before each of these rows
};

/// The text with &, <, > and " written so that HTML and XML show them.
std::string html_escaped(std::string_view text);

}  // namespace rung
