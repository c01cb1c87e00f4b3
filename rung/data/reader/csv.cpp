#include "rung/data/reader/csv.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv_findings.hpp"
#include "rung/data/reader/csv_piece.hpp"
#include "rung/data/reader/csv_scan.hpp"
#include "rung/data/reader/foreign.hpp"

namespace rung {
namespace {

using csv::Cell;
using csv::Findings;
using csv::Layout;
using csv::Piece;
using csv::Scanner;

constexpr std::size_t kBytesWorthAThread = std::size_t{1} << 20;

std::vector<std::string> read_header(Scanner& scanner, Findings& findings) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> first_by_name;
  while (!scanner.row_ended()) {
    const char* const begin = scanner.at();
    const Cell cell = scanner.next_cell();
    std::string name = cell.text();
    if (!cell.quoted) name = trimmed(name);
    const auto [first, is_new] = first_by_name.emplace(name, names.size() + 1);
    if (!is_new && !name.empty()) {
      findings.add({begin, "columns " + std::to_string(first->second) + " and " +
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

/// The columns of `header` that the options want.
Layout layout_of(const std::vector<std::string>& header, const CsvOptions& options,
                 const char* header_begin, Findings& findings) {
  for (const std::string& name : options.columns) {
    if (contains(header, name)) continue;
    std::string hint = separator_hint(header, options.separator);
    if (hint.empty()) hint = did_you_mean(name, header);
    findings.add({header_begin, "there is no column '" + name + "'", std::move(hint)});
  }
  Layout layout{.wanted = {}, .n_columns = header.size(), .separator = options.separator};
  std::size_t n_skipped = 0;
  for (const std::string& name : header) {
    if (options.columns.empty() || contains(options.columns, name) ||
        contains(options.optional_columns, name)) {
      layout.wanted.push_back({name, n_skipped, contains(options.number_columns, name)});
      n_skipped = 0;
    } else {
      ++n_skipped;
    }
  }
  return layout;
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
  std::vector<std::size_t> n_line_ends(parts.size());
  parallel_for(parts.size(), n_threads, [&](std::size_t i) {
    n_line_ends[i] = csv::count_line_ends(parts[i].data(), parts[i].data() + parts[i].size());
  });
  const std::size_t n_most_rows =
      std::accumulate(n_line_ends.begin(), n_line_ends.end(), std::size_t{1});
  std::vector<Piece> pieces(parts.size());
  parallel_for(parts.size(), n_threads, [&](std::size_t i) {
    // The first one's columns take up the others'.
    pieces[i] = read_piece(layout, parts[i], n_line_ends[i], i == 0 ? n_most_rows : 0);
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

Table parse_csv(std::string_view content, std::string source, const CsvOptions& options) {
  refuse_foreign(content, source);
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  Scanner scanner(content, options.separator);
  if (!scanner.start_row()) throw InputError(Location{std::move(source)}, "the file is empty");
  Findings findings;
  const char* const header_begin = scanner.at();
  const std::vector<std::string> header = read_header(scanner, findings);
  for (const auto& [at, message] : scanner.problems()) findings.add({at, message});
  const Layout layout = layout_of(header, options, header_begin, findings);

  const std::string_view rows =
      content.substr(static_cast<std::size_t>(scanner.at() - content.data()));
  std::vector<Piece> pieces =
      read_pieces(layout, split_rows(rows, options.n_threads), options.n_threads);
  for (Piece& piece : pieces) findings.add(std::move(piece.findings));
  findings.report(content, source);

  Table table(std::move(source));
  for (Column& column : joined_columns(layout, pieces, options.n_threads))
    table.add(std::move(column));
  const std::size_t n_before = csv::count_line_ends(content.data(), rows.data());
  if (options.keep_lines) table.set_lines(lines_of(pieces, 1 + n_before));
  return table;
}

}  // namespace rung
