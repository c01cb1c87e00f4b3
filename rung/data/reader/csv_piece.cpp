#include "rung/data/reader/csv_piece.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv_scan.hpp"
#include "rung/data/text_column.hpp"

namespace rung::csv {
namespace {

/// The number in a cell, NaN where it is missing, nothing where it holds text.
std::optional<double> number_in(const Cell& cell) {
  const std::string_view text = trimmed(cell.raw);
  return is_missing_word(text) ? kNaN : parse_double(text);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  return text.size() <= kMost ? "'" + std::string(text) + "'"
                              : "'" + std::string(text.substr(0, kMost)) + "…'";
}

class PieceReader {
 public:
  PieceReader(const Layout& layout, std::string_view text, Piece& piece)
      : layout_(layout), scanner_(text, layout.separator), piece_(piece) {
    piece_.text = text;
  }

  void read(std::size_t n_line_ends) {
    // The last line may lack its end.
    const std::size_t n_most = 1 + n_line_ends;
    piece_.n_line_ends = n_line_ends;
    piece_.findings = {};
    piece_.rows.clear();
    piece_.rows.reserve(n_most);
    piece_.columns.resize(layout_.wanted.size());
    for (Values& column : piece_.columns) {
      column.numbers.resize(n_most);
      column.texts.clear();
      column.first_text_row = kNoRow;
    }
    while (scanner_.start_row()) {
      const char* const begin = scanner_.at();
      const std::size_t n_cells = read_row(piece_.rows.size());
      if (n_cells != layout_.n_columns) report_ragged(begin, n_cells);
      piece_.rows.push_back(begin);
    }
    for (Values& column : piece_.columns) column.numbers.resize(piece_.rows.size());
    for (const auto& [at, message] : scanner_.problems()) piece_.findings.add({at, message});
  }

 private:
  /// Returns how many cells the row has.
  std::size_t read_row(std::size_t row) {
    std::size_t n_cells = 0;
    for (std::size_t i = 0; i < layout_.wanted.size(); ++i) {
      const WantedColumn& wanted = layout_.wanted[i];
      if (wanted.n_skipped_before > 0) n_cells += scanner_.skip_cells(wanted.n_skipped_before);
      if (scanner_.row_ended()) return n_cells;
      Values& column = piece_.columns[i];
      const char* const begin = scanner_.at();
      const bool is_plain =
          column.first_text_row == kNoRow && scanner_.next_number(column.numbers[row]);
      if (!is_plain) read_cell(row, column);
      if (wanted.must_be_number && !(is_plain && std::isfinite(column.numbers[row]))) {
        require_number(begin, wanted.name);
      }
      ++n_cells;
      if (scanner_.row_ended()) return n_cells;
    }
    return n_cells + scanner_.skip_cells(kNoRow);
  }

  void read_cell(std::size_t row, Values& column) {
    const Cell cell = scanner_.next_cell();
    if (column.first_text_row == kNoRow) {
      if (const std::optional<double> number = number_in(cell)) {
        column.numbers[row] = *number;
        return;
      }
      column.first_text_row = row;
    }
    column.texts.push_back(cell.text());
  }

  void require_number(const char* begin, const std::string& name) {
    const std::string_view rest =
        piece_.text.substr(static_cast<std::size_t>(begin - piece_.text.data()));
    const Cell cell = Scanner(rest, scanner_.separator()).next_cell();
    const std::optional<double> number = number_in(cell);
    if (number && std::isfinite(*number)) return;
    const std::string what = trimmed(cell.raw).empty() ? "is empty"
                             : number ? "is " + shown(cell.text()) + ", not a finite number"
                                      : "is " + shown(cell.text()) + ", not a number";
    piece_.findings.add({begin, name + " " + what, how_to_write(cell.text())});
  }

  void report_ragged(const char* begin, std::size_t n_cells) {
    piece_.findings.add(
        {begin,
         "this row has " + std::to_string(n_cells) + " cells, the header has " +
             std::to_string(layout_.n_columns),
         n_cells > layout_.n_columns ? "text that holds the separator needs quotes" : ""});
  }

  const Layout& layout_;
  Scanner scanner_;
  Piece& piece_;
};

/// A wanted column of a piece whose first cells were read as numbers, and must become texts.
struct Turned {
  std::size_t index;   // in Layout::wanted
  std::size_t cell;    // of the row
  std::size_t n_rows;  // so many first ones
  std::vector<std::string> texts = {};
};

std::vector<Turned> turned_columns(const Layout& layout, const Piece& piece,
                                   const std::vector<bool>& is_text) {
  std::vector<Turned> turned;
  std::size_t cell = 0;
  for (std::size_t i = 0; i < layout.wanted.size(); ++i, ++cell) {
    cell += layout.wanted[i].n_skipped_before;
    const std::size_t n_rows = std::min(piece.rows.size(), piece.columns[i].first_text_row);
    if (is_text[i] && n_rows > 0) turned.push_back({i, cell, n_rows});
  }
  return turned;
}

/// Reads again, as texts and each row once, what was read as numbers in columns that are text.
void turn_into_texts(const Layout& layout, const std::vector<bool>& is_text, Piece& piece) {
  std::vector<Turned> turned = turned_columns(layout, piece, is_text);
  std::size_t n_rows = 0;
  for (const Turned& column : turned) n_rows = std::max(n_rows, column.n_rows);
  const char* const end = piece.text.data() + piece.text.size();
  for (std::size_t row = 0; row < n_rows; ++row) {
    const char* const begin = piece.rows[row];
    Scanner scanner({begin, static_cast<std::size_t>(end - begin)}, layout.separator);
    std::size_t cell = 0;
    for (Turned& column : turned) {
      if (row >= column.n_rows) continue;
      scanner.skip_cells(column.cell - cell);
      column.texts.push_back(scanner.next_cell().text());
      cell = column.cell + 1;
    }
  }
  for (Turned& column : turned) {
    Values& values = piece.columns[column.index];
    column.texts.insert(column.texts.end(), std::move_iterator(values.texts.begin()),
                        std::move_iterator(values.texts.end()));
    values.texts = std::move(column.texts);
  }
}

template <class T>
void append_values(std::vector<T>& all, std::vector<T>& more) {
  if (all.capacity() == 0) {
    all = std::move(more);
  } else {
    all.insert(all.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  }
}

}  // namespace

void append_lines(const Piece& piece, std::size_t line, std::vector<std::size_t>& lines) {
  const std::size_t n_lines = piece.n_line_ends + (piece.text.ends_with('\n') ? 0 : 1);
  if (piece.rows.size() == n_lines) {  // a row on every line
    for (std::size_t i = 0; i < n_lines; ++i) lines.push_back(line + i);
    return;
  }
  const char* begin = piece.text.data();
  for (const char* const row : piece.rows) {
    line += count_line_ends(begin, row);
    lines.push_back(line);
    begin = row;
  }
}

void read_piece(const Layout& layout, std::string_view text, std::size_t n_line_ends,
                Piece& piece) {
  PieceReader(layout, text, piece).read(n_line_ends);
}

JoinedColumns::JoinedColumns(const Layout& layout, int n_threads)
    : layout_(layout), n_threads_(n_threads), is_text_(layout.wanted.size()) {
  clear();
}

void JoinedColumns::clear() {
  columns_.clear();
  for (std::size_t i = 0; i < is_text_.size(); ++i) {
    columns_.push_back({layout_.wanted[i].name, std::vector<double>()});
    if (is_text_[i]) columns_[i].values = std::vector<std::string>();
  }
}

void JoinedColumns::reserve(std::size_t n_rows) {
  for (Column& column : columns_) {
    auto* const numbers = std::get_if<std::vector<double>>(&column.values);
    if (numbers) numbers->reserve(n_rows);
  }
}

bool JoinedColumns::append(std::span<Piece> pieces) {
  for (std::size_t i = 0; i < is_text_.size(); ++i) {
    is_text_[i] = is_text_[i] || std::any_of(pieces.begin(), pieces.end(), [i](const Piece& piece) {
                    return piece.columns[i].first_text_row != kNoRow;
                  });
    if (!is_text_[i] || !columns_[i].is_number()) continue;
    if (columns_[i].size() > 0) return false;
    columns_[i].values = std::vector<std::string>();
  }
  parallel_for(pieces.size(), n_threads_,
               [&](std::size_t i) { turn_into_texts(layout_, is_text_, pieces[i]); });
  parallel_for(columns_.size(), n_threads_, [&](std::size_t i) {
    for (Piece& piece : pieces) {
      if (is_text_[i]) {
        append_values(std::get<std::vector<std::string>>(columns_[i].values),
                      piece.columns[i].texts);
      } else {
        append_values(std::get<std::vector<double>>(columns_[i].values), piece.columns[i].numbers);
      }
    }
  });
  return true;
}

}  // namespace rung::csv
