#pragma once
/// Some whole rows of a CSV text, read by one thread.

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

/// Reads the rows of `text` into `piece`, whose memory is used again. `n_line_ends` are those of
/// `text`.
void read_piece(const Layout& layout, std::string_view text, std::size_t n_line_ends, Piece& piece);

/// Columns as they grow by pieces, in the order of the file; what is text in one piece is text in
/// all.
class JoinedColumns {
 public:
  JoinedColumns(const Layout& layout, int n_threads);

  /// Room for so many rows, so that no column of numbers moves as it grows.
  void reserve(std::size_t n_rows);

  /// Appends pieces whose texts are still there. False where a column that was numbers turns out to
  /// be text: then all must be read again, from an empty start that knows it.
  bool append(std::span<Piece> pieces);

  void clear();
  std::vector<Column> take() { return std::move(columns_); }

 private:
  const Layout& layout_;
  int n_threads_;
  std::vector<bool> is_text_;
  std::vector<Column> columns_;
};

/// Appends the lines of a piece's rows; it begins in line `line`.
void append_lines(const Piece& piece, std::size_t line, std::vector<std::size_t>& lines);

}  // namespace rung::csv
