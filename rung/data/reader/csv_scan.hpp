#pragma once
/// The part of parse_csv that knows only cells: where each begins and ends.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rung::csv {

/// A cell as it stands in the file, without the quotes around it.
struct Cell {
  std::string_view raw;
  bool quoted = false;

  /// Doubled quotes made single.
  std::string text() const;
};

struct QuoteProblem {
  const char* at;
  const char* message;
};

/// Walks over the cells of a text. Between calls it stands at the first byte of a cell or, when
/// row_ended(), of the next row. The end of the text ends a row as a line end does.
class Scanner {
 public:
  Scanner(std::string_view content, char separator)
      : at_(content.data()), end_(content.data() + content.size()), separator_(separator) {}

  char separator() const { return separator_; }
  const char* at() const { return at_; }
  bool at_end() const { return at_ == end_; }
  bool row_ended() const { return row_ended_; }

  /// What was wrong with the quotes so far.
  const std::vector<QuoteProblem>& problems() const { return problems_; }

  /// To the next line that isn't blank; false when there is none.
  bool start_row();

  Cell next_cell();

  /// Skips up to `most` cells but never past the end of the row; returns how many. 64 bytes at a
  /// time.
  std::size_t skip_cells(std::size_t most);

  /// Reads an unquoted number, alone in its cell: the fast path of next_cell(). False, and stays
  /// where it is, when the cell is anything else.
  bool next_number(double& value);

 private:
  Cell quoted_cell();
  void pass_terminator();

  const char* at_;
  const char* end_;
  char separator_;
  bool row_ended_ = false;
  std::vector<QuoteProblem> problems_;
};

}  // namespace rung::csv
