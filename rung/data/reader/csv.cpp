#include "rung/data/reader/csv.hpp"

#include <algorithm>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/parallel.hpp"
#include "rung/data/reader/csv_findings.hpp"
#include "rung/data/reader/csv_header.hpp"
#include "rung/data/reader/csv_piece.hpp"

namespace rung {
namespace {

using csv::Findings;
using csv::Layout;
using csv::Piece;

constexpr std::size_t kBytesWorthAThread = std::size_t{1} << 20;

/// Takes a byte order mark from the front of `content`.
csv::Header header_of(std::string_view& content, const std::string& source,
                      const CsvOptions& options, Findings& findings) {
  refuse_foreign(content, source);
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  csv::Header header = csv::read_header(content, options, findings);
  if (!header.found) throw InputError(Location{source}, "the file is empty");
  return header;
}

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

std::vector<Piece> read_pieces(const Layout& layout, const std::vector<std::string_view>& parts,
                               int n_threads) {
  std::vector<Piece> pieces(parts.size());
  parallel_for(parts.size(), n_threads, [&](std::size_t i) {
    const char* const begin = parts[i].data();
    csv::read_piece(layout, parts[i], csv::count_line_ends(begin, begin + parts[i].size()),
                    pieces[i]);
  });
  return pieces;
}

}  // namespace

CsvOptions csv_options(const TableOptions& options, char separator) {
  return {.separator = separator,
          .columns = options.columns,
          .optional_columns = options.optional_columns,
          .number_columns = options.number_columns,
          .n_threads = options.n_threads,
          .keep_lines = options.keep_lines};
}

std::vector<std::string> csv_column_names(std::string_view content, const std::string& source) {
  Findings findings;
  const csv::Header header = header_of(content, source, {}, findings);
  findings.report(content, source);
  std::vector<std::string> names;
  for (const csv::WantedColumn& column : header.layout.wanted) names.push_back(column.name);
  return names;
}

Table parse_csv(std::string_view content, std::string source, const CsvOptions& options) {
  Findings findings;
  const csv::Header header = header_of(content, source, options, findings);
  const Layout& layout = header.layout;
  const std::string_view rows = content.substr(header.n_bytes);
  // A short text is read before a thread has started.
  const int n_threads = rows.size() < kBytesWorthAThread ? 1 : options.n_threads;
  std::vector<Piece> pieces = read_pieces(layout, split_rows(rows, n_threads), n_threads);
  for (Piece& piece : pieces) findings.add(std::move(piece.findings));
  findings.report(content, source);

  Table table(std::move(source));
  csv::JoinedColumns joined(layout, n_threads);
  joined.append(pieces);
  for (Column& column : joined.take()) table.add(std::move(column));
  if (!options.keep_lines) return table;
  std::vector<std::size_t> lines;
  lines.reserve(table.n_rows());
  std::size_t line = 1 + csv::count_line_ends(content.data(), rows.data());
  for (const Piece& piece : pieces) {
    csv::append_lines(piece, line, lines);
    line += piece.n_line_ends;
  }
  table.set_lines(std::move(lines));
  return table;
}

}  // namespace rung
