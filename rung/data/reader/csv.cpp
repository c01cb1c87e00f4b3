#include "rung/data/reader/csv.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv_scan.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

using csv::Cell;
using csv::Scanner;

constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kBytesWorthAThread = std::size_t{1} << 20;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct Wanted {
  std::string name;
  std::size_t n_skipped_before;  // cells between the wanted column before and this one
  bool must_be_number;
};

/// Lines and columns are counted only when there is something to report.
struct Finding {
  const char* at;
  std::string message;
  std::string hint = "";
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The number in a cell, NaN where it is missing, nothing where it holds text.
std::optional<double> number_in(const Cell& cell) {
  const std::string_view text = trimmed(cell.raw);
  for (const std::string_view missing : {"", "NA", "N/A", "null", "None"}) {
    if (text == missing) return kMissing;
  }
  return parse_double(text);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  return text.size() <= kMost ? "'" + std::string(text) + "'"
                              : "'" + std::string(text.substr(0, kMost)) + "…'";
}

/// In blocks that a byte can count, which compilers turn into byte-wide vector sums: several times
/// as fast as memchr on short rows or std::count.
std::size_t count_line_ends(const char* begin, const char* end) {
  constexpr std::ptrdiff_t kBlock = 240;
  std::size_t n = 0;
  while (begin != end) {
    const char* const block_end = begin + std::min(kBlock, end - begin);
    std::uint8_t n_in_block = 0;
    for (; begin != block_end; ++begin) {
      n_in_block = static_cast<std::uint8_t>(n_in_block + (*begin == '\n'));
    }
    n += n_in_block;
  }
  return n;
}

Location locate(std::string_view content, const std::string& source, const char* at) {
  const std::string_view before = content.substr(0, static_cast<std::size_t>(at - content.data()));
  const std::size_t line_begin = before.rfind('\n') + 1;
  return {source, 1 + count_line_ends(content.data(), at), before.size() - line_begin + 1};
}

[[noreturn]] void report(std::string_view content, const std::string& source,
                         std::vector<Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.at < b.at; });
  std::vector<Problem> problems;
  for (const Finding& finding : findings) {
    if (problems.size() == kMostProblems) {
      problems.push_back({Location{source},
                          std::to_string(findings.size() - kMostProblems) + " problems more", ""});
      break;
    }
    problems.push_back({locate(content, source, finding.at), finding.message, finding.hint});
  }
  throw InputError(std::move(problems));
}

std::vector<std::string> read_header(Scanner& scanner, std::vector<Finding>& findings) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> first_by_name;
  while (!scanner.row_ended()) {
    const char* const begin = scanner.at();
    const Cell cell = scanner.next_cell();
    std::string name = cell.text();
    if (!cell.quoted) name = trimmed(name);
    const auto [first, is_new] = first_by_name.emplace(name, names.size() + 1);
    if (!is_new && !name.empty()) {
      findings.push_back({begin, "columns " + std::to_string(first->second) + " and " +
                                     std::to_string(names.size() + 1) + " are both named '" + name +
                                     "'"});
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// A header of one name that holds another separator was written with that one.
std::string separator_hint(const std::vector<std::string>& header, char separator) {
  if (header.size() != 1) return "";
  for (const auto& [other, word] :
       {std::pair{',', "a comma"}, {';', "a semicolon"}, {'\t', "a tab"}}) {
    if (other != separator && header[0].find(other) != std::string::npos) {
      return std::string("is the separator ") + word + "?";
    }
  }
  return "";
}

std::vector<Wanted> choose(const std::vector<std::string>& header, const CsvOptions& options,
                           const char* header_begin, std::vector<Finding>& findings) {
  for (const std::string& name : options.columns) {
    if (contains(header, name)) continue;
    std::string hint = separator_hint(header, options.separator);
    if (hint.empty()) hint = did_you_mean(name, header);
    findings.push_back({header_begin, "there is no column '" + name + "'", std::move(hint)});
  }
  std::vector<Wanted> wanted;
  std::size_t n_skipped = 0;
  for (const std::string& name : header) {
    if (options.columns.empty() || contains(options.columns, name) ||
        contains(options.optional_columns, name)) {
      wanted.push_back({name, n_skipped, contains(options.number_columns, name)});
      n_skipped = 0;
    } else {
      ++n_skipped;
    }
  }
  return wanted;
}

/// One column of some rows. It starts out as numbers; from the first cell that is none on, the
/// texts are kept.
struct Values {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  std::size_t first_text_row = kAll;
};

/// What some whole rows of the file hold.
struct Piece {
  std::vector<Values> columns;
  std::vector<const char*> rows;  // where each begins
  std::size_t n_line_ends = 0;
  std::vector<Finding> findings;
};

class PieceReader {
 public:
  PieceReader(const std::vector<Wanted>& wanted, std::size_t n_columns, std::string_view rows,
              char separator)
      : wanted_(wanted), n_columns_(n_columns), rows_(rows), scanner_(rows, separator) {}

  /// `n_line_ends` are those of these rows; `n_reserved` rows will have room in each column.
  Piece read(std::size_t n_line_ends, std::size_t n_reserved) {
    // The last line may lack its end.
    const std::size_t n_most = 1 + n_line_ends;
    piece_.n_line_ends = n_line_ends;
    piece_.rows.reserve(n_most);
    piece_.columns.resize(wanted_.size());
    for (Values& column : piece_.columns) {
      column.numbers.reserve(n_reserved);
      column.numbers.resize(n_most);
    }
    while (scanner_.start_row()) {
      const char* const begin = scanner_.at();
      const std::size_t n_cells = read_row(piece_.rows.size());
      if (n_cells != n_columns_) report_ragged(begin, n_cells);
      piece_.rows.push_back(begin);
    }
    for (Values& column : piece_.columns) column.numbers.resize(piece_.rows.size());
    for (const auto& [at, message] : scanner_.problems()) piece_.findings.push_back({at, message});
    return std::move(piece_);
  }

 private:
  /// Returns how many cells the row has.
  std::size_t read_row(std::size_t row) {
    std::size_t n_cells = 0;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const Wanted& wanted = wanted_[i];
      if (wanted.n_skipped_before > 0) n_cells += scanner_.skip_cells(wanted.n_skipped_before);
      if (scanner_.row_ended()) return n_cells;
      Values& column = piece_.columns[i];
      const char* const begin = scanner_.at();
      const bool is_plain =
          column.first_text_row == kAll && scanner_.next_number(column.numbers[row]);
      if (!is_plain) read_cell(row, column);
      if (wanted.must_be_number && !(is_plain && std::isfinite(column.numbers[row]))) {
        require_number(begin, wanted.name);
      }
      ++n_cells;
      if (scanner_.row_ended()) return n_cells;
    }
    return n_cells + scanner_.skip_cells(kAll);
  }

  void read_cell(std::size_t row, Values& column) {
    const Cell cell = scanner_.next_cell();
    if (column.first_text_row == kAll) {
      if (const std::optional<double> number = number_in(cell)) {
        column.numbers[row] = *number;
        return;
      }
      column.first_text_row = row;
    }
    column.texts.push_back(cell.text());
  }

  void require_number(const char* begin, const std::string& name) {
    const std::string_view rest(begin,
                                static_cast<std::size_t>(rows_.data() + rows_.size() - begin));
    const Cell cell = Scanner(rest, scanner_.separator()).next_cell();
    const std::optional<double> number = number_in(cell);
    if (number && std::isfinite(*number)) return;
    const std::string what = trimmed(cell.raw).empty() ? "is empty"
                             : number ? "is " + shown(cell.text()) + ", not a finite number"
                                      : "is " + shown(cell.text()) + ", not a number";
    piece_.findings.push_back({begin, name + " " + what});
  }

  void report_ragged(const char* begin, std::size_t n_cells) {
    piece_.findings.push_back(
        {begin,
         "this row has " + std::to_string(n_cells) + " cells, the header has " +
             std::to_string(n_columns_),
         n_cells > n_columns_ ? "text that holds the separator needs quotes" : ""});
  }

  const std::vector<Wanted>& wanted_;
  std::size_t n_columns_;
  std::string_view rows_;
  Scanner scanner_;
  Piece piece_;
};

/// Whole rows of about equal length in bytes. A line end inside quotes must not split a row, so a
/// text with quotes stays whole.
std::vector<std::string_view> split_rows(std::string_view rows, int n_threads) {
  const int n_wanted = n_threads > 0 ? n_threads : available_threads();
  const std::size_t n_pieces =
      std::min(static_cast<std::size_t>(n_wanted), rows.size() / kBytesWorthAThread);
  if (n_pieces <= 1 || rows.find('"') != std::string_view::npos) return {rows};
  std::vector<std::string_view> pieces;
  const std::size_t n_bytes = rows.size() / n_pieces;
  while (rows.size() > n_bytes) {
    const std::size_t line_end = std::min(rows.find('\n', n_bytes), rows.size() - 1);
    pieces.push_back(rows.substr(0, line_end + 1));
    rows.remove_prefix(line_end + 1);
  }
  if (!rows.empty()) pieces.push_back(rows);
  return pieces;
}

/// The cells of wanted column `index` in the rows before its first text: what the numbers there
/// were read from.
std::vector<std::string> texts_before(const Piece& piece, const std::vector<Wanted>& wanted,
                                      std::size_t index, const char* end, char separator) {
  std::size_t n_before = index;
  for (std::size_t i = 0; i <= index; ++i) n_before += wanted[i].n_skipped_before;
  std::vector<std::string> texts;
  const std::size_t n_rows = std::min(piece.rows.size(), piece.columns[index].first_text_row);
  for (std::size_t row = 0; row < n_rows; ++row) {
    Scanner scanner({piece.rows[row], static_cast<std::size_t>(end - piece.rows[row])}, separator);
    scanner.skip_cells(n_before);
    texts.push_back(scanner.next_cell().text());
  }
  return texts;
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  if (all.empty()) {
    all = std::move(more);
  } else {
    all.insert(all.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  }
}

Column joined_column(std::vector<Piece>& pieces, const std::vector<Wanted>& wanted,
                     std::size_t index, const char* end, char separator) {
  const bool is_text = std::any_of(pieces.begin(), pieces.end(), [index](const Piece& piece) {
    return piece.columns[index].first_text_row != kAll;
  });
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (Piece& piece : pieces) {
    if (is_text) {
      append(texts, texts_before(piece, wanted, index, end, separator));
      append(texts, std::move(piece.columns[index].texts));
    } else {
      append(numbers, std::move(piece.columns[index].numbers));
    }
  }
  if (is_text) return {wanted[index].name, std::move(texts)};
  return {wanted[index].name, std::move(numbers)};
}

/// Appends the lines of the rows that `piece` found in `part`, which begins in line `line`.
void append_lines(const Piece& piece, std::string_view part, std::size_t line,
                  std::vector<std::size_t>& lines) {
  const std::size_t n_lines = piece.n_line_ends + (part.ends_with('\n') ? 0 : 1);
  if (piece.rows.size() == n_lines) {  // a row on every line
    for (std::size_t i = 0; i < n_lines; ++i) lines.push_back(line + i);
    return;
  }
  const char* begin = part.data();
  for (const char* const row : piece.rows) {
    line += count_line_ends(begin, row);
    lines.push_back(line);
    begin = row;
  }
}

/// `line` is that of the first piece's begin.
std::vector<std::size_t> lines_of(const std::vector<Piece>& pieces,
                                  const std::vector<std::string_view>& parts, std::size_t line) {
  std::vector<std::size_t> lines;
  std::size_t n_rows = 0;
  for (const Piece& piece : pieces) n_rows += piece.rows.size();
  lines.reserve(n_rows);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    append_lines(pieces[i], parts[i], line, lines);
    line += pieces[i].n_line_ends;
  }
  return lines;
}

/// UTF-8's byte order mark means nothing; UTF-16's means that nothing here can be read.
std::string_view without_mark(std::string_view content, const std::string& source) {
  if (content.starts_with("\xff\xfe") || content.starts_with("\xfe\xff")) {
    throw InputError(Location{source}, "this is UTF-16 text", "save it as UTF-8");
  }
  return content.starts_with("\xef\xbb\xbf") ? content.substr(3) : content;
}

}  // namespace

Table parse_csv(std::string_view content, std::string source, const CsvOptions& options) {
  content = without_mark(content, source);
  Scanner scanner(content, options.separator);
  if (!scanner.start_row()) throw InputError(Location{std::move(source)}, "the file is empty");
  std::vector<Finding> findings;
  const char* const header_begin = scanner.at();
  const std::vector<std::string> header = read_header(scanner, findings);
  const std::vector<Wanted> wanted = choose(header, options, header_begin, findings);
  const char* const end = content.data() + content.size();

  const std::vector<std::string_view> parts =
      split_rows({scanner.at(), static_cast<std::size_t>(end - scanner.at())}, options.n_threads);
  const std::size_t header_lines = count_line_ends(content.data(), parts.front().data());
  std::vector<std::size_t> n_line_ends(parts.size());
  parallel_for(parts.size(), options.n_threads, [&](std::size_t i) {
    n_line_ends[i] = count_line_ends(parts[i].data(), parts[i].data() + parts[i].size());
  });
  const std::size_t n_most_rows =
      std::accumulate(n_line_ends.begin(), n_line_ends.end(), std::size_t{1});
  std::vector<Piece> pieces(parts.size());
  parallel_for(parts.size(), options.n_threads, [&](std::size_t i) {
    // The first one's columns take up the others'.
    pieces[i] = PieceReader(wanted, header.size(), parts[i], options.separator)
                    .read(n_line_ends[i], i == 0 ? n_most_rows : 0);
  });
  for (const auto& [at, message] : scanner.problems()) findings.push_back({at, message});
  for (Piece& piece : pieces) append(findings, std::move(piece.findings));
  if (!findings.empty()) report(content, source, std::move(findings));

  std::vector<Column> columns(wanted.size());
  parallel_for(wanted.size(), options.n_threads, [&](std::size_t i) {
    columns[i] = joined_column(pieces, wanted, i, end, options.separator);
  });
  Table table(std::move(source));
  for (Column& column : columns) table.add(std::move(column));
  if (options.keep_lines) table.set_lines(lines_of(pieces, parts, 1 + header_lines));
  return table;
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  return parse_csv(read_file(path), path.string(), options);
}

}  // namespace rung
