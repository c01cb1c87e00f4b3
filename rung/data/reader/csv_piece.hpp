#pragma once
/// Some whole rows of a CSV text, read by one thread.

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/reader/csv_findings.hpp"
#include "rung/data/table.hpp"

namespace rung::csv {

inline constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

struct WantedColumn {
  std::string name;
  std::size_t n_skipped_before;  // cells between the wanted column before and this one
  bool must_be_number;
};

/// How every row of a file is laid out.
struct Layout {
  std::vector<WantedColumn> wanted;
  std::size_t n_columns = 0;
  char separator = ',';
};

/// One column of some rows. It starts out as numbers; from the first cell that is none on, the
/// texts are kept.
struct Values {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  std::size_t first_text_row = kNoRow;
};

struct Piece {
  std::string_view text;
  std::vector<Values> columns;    // by Layout::wanted
  std::vector<const char*> rows;  // where each begins
  std::size_t n_line_ends = 0;
  Findings findings;
};

/// `n_line_ends` are those of `text`; `n_reserved` rows will have room in each column of numbers.
Piece read_piece(const Layout& layout, std::string_view text, std::size_t n_line_ends,
                 std::size_t n_reserved);

/// The columns of pieces in the order of the file. A column that is text in one piece is text in
/// all.
std::vector<Column> joined_columns(const Layout& layout, std::vector<Piece>& pieces, int n_threads);

/// The line of each row; `line` is that of the first piece's begin.
std::vector<std::size_t> lines_of(const std::vector<Piece>& pieces, std::size_t line);

}  // namespace rung::csv
