// Tables for terminals: what does not fit is narrowed step by step, and folded at last.

#include <algorithm>
#include <optional>
#include <set>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/broken_lines.hpp"
#include "rung/report/text_table.hpp"

namespace rung {
namespace {

using Indices = std::vector<std::size_t>;

constexpr const char* kAbsent = "-";
constexpr std::size_t kGap = 2;              // blanks between columns
constexpr std::size_t kMostHeaderLines = 3;  // more read worse than fewer columns
constexpr std::size_t kNarrowestWords = 12;  // a column of sentences is not made narrower

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return right ? blanks + text : text + blanks;
}

/// The least width at which a header takes no more lines than that, its words whole or not.
std::size_t header_width(const std::string& header, std::size_t n_lines, bool whole) {
  const std::size_t full = display_width(header);
  if (n_lines == 1) return full;
  for (std::size_t width = whole ? longest_word(header) : 1; width < full; ++width) {
    const TextLines lines = broken(header, width);
    if (lines.size() <= n_lines && widest(lines) <= width) return width;
  }
  return full;
}

struct TerminalColumn {
  std::string header, group;
  TextLines cells;
  bool right = false, detail = false, words = false;

  std::size_t cell_width() const { return widest(cells); }
  std::string whole_name() const { return (group.empty() ? "" : group + " ") + header; }
};

/// Some of a table's columns, and how wide each is.
struct Page {
  Indices columns;
  std::vector<std::size_t> widths;
};

class TerminalTable {
 public:
  TerminalTable(std::vector<TerminalColumn> columns, std::vector<std::size_t> rules)
      : columns_(std::move(columns)), rules_(std::move(rules)) {}

  std::string text(std::size_t limit);

 private:
  std::size_t n_rows() const { return columns_.empty() ? 0 : columns_.front().cells.size(); }
  Page page_of(const Indices& columns, std::size_t n_header_lines, bool whole = false) const;
  std::size_t width_of(const Page& page) const;
  /// The first number of lines for headers at which the columns fit; absent where none does.
  std::optional<Page> fitted(const Indices& columns, std::size_t limit) const;
  /// The same with words and paths broken over several lines, those of the widest columns first;
  /// paths only where words are not enough, and words of headers only where that is not.
  std::optional<Page> with_broken_words(const Indices& columns, std::size_t limit) const;
  std::optional<Page> with_breaks(const Page& whole, std::size_t limit, const char* breaks) const;
  static bool has_breaks(const TerminalColumn& column, const char* breaks);
  bool holds_only(const TerminalColumn& column, const char* cell) const;
  bool is_constant(const TerminalColumn& column) const;
  bool tells_rows_apart(const Indices& columns) const;
  Indices keys_of(const Indices& columns, std::size_t limit) const;
  std::vector<Page> folded(const Indices& columns, std::size_t limit) const;
  bool is_empty(std::size_t row, const Indices& columns) const;
  /// Whether one of those rows has nothing in any other column either.
  bool hide_empty_rows(const Indices& columns, const Indices& all);
  std::string titles(Page& page) const;
  std::string lines_of(const Page& page, const std::vector<TextLines>& cells) const;
  std::string drawn(Page page) const;

  std::vector<TerminalColumn> columns_;
  std::vector<std::size_t> rules_;
  std::vector<bool> hidden_;  // rows of which nothing is left without the details
};

Page TerminalTable::page_of(const Indices& columns, std::size_t n_header_lines, bool whole) const {
  Page page{columns, {}};
  for (const std::size_t i : columns)
    page.widths.push_back(std::max(columns_[i].cell_width(),
                                   header_width(columns_[i].header, n_header_lines, whole)));
  return page;
}

std::string TerminalTable::titles(Page& page) const {
  std::string titles;
  for (std::size_t begin = 0; begin < page.columns.size();) {
    const std::string& title = columns_[page.columns[begin]].group;
    std::size_t width = page.widths[begin], end = begin + 1;
    for (; end < page.columns.size() && columns_[page.columns[end]].group == title; ++end)
      width += kGap + page.widths[end];
    const std::size_t needed = display_width(title);
    if (needed > width) page.widths[end - 1] += needed - width;
    titles += padded(title, std::max(width, needed), false) + std::string(kGap, ' ');
    begin = end;
  }
  return without_end_blanks(titles);
}

std::size_t TerminalTable::width_of(const Page& page) const {
  Page titled = page;
  titles(titled);
  std::size_t width = titled.widths.empty() ? 0 : kGap * (titled.widths.size() - 1);
  for (const std::size_t each : titled.widths) width += each;
  return width;
}

std::optional<Page> TerminalTable::fitted(const Indices& columns, std::size_t limit) const {
  for (std::size_t n_lines = 1; n_lines <= kMostHeaderLines; ++n_lines) {
    for (const bool whole : {true, false})
      if (Page page = page_of(columns, n_lines, whole); limit == 0 || width_of(page) <= limit)
        return page;
  }
  return std::nullopt;
}

std::optional<Page> TerminalTable::with_broken_words(const Indices& columns,
                                                     std::size_t limit) const {
  std::optional<Page> page;
  for (const bool whole : {true, false})
    for (const char* breaks : {" ", " /"})
      if (!page) page = with_breaks(page_of(columns, kMostHeaderLines, whole), limit, breaks);
  return page;
}

std::optional<Page> TerminalTable::with_breaks(const Page& whole, std::size_t limit,
                                               const char* breaks) const {
  for (std::size_t most = limit; most >= kNarrowestWords; --most) {
    Page page = whole;
    for (std::size_t k = 0; k < whole.columns.size(); ++k) {
      if (has_breaks(columns_[whole.columns[k]], breaks))
        page.widths[k] = std::min(page.widths[k], most);
    }
    if (width_of(page) > limit) continue;
    for (std::size_t k = 0; k < whole.columns.size(); ++k)
      for (const std::string& cell : columns_[whole.columns[k]].cells)
        if (widest(broken(cell, page.widths[k])) > page.widths[k]) return std::nullopt;
    return page;
  }
  return std::nullopt;
}

bool TerminalTable::has_breaks(const TerminalColumn& column, const char* breaks) {
  return column.words &&
         std::any_of(column.cells.begin(), column.cells.end(), [&](const std::string& cell) {
           return cell.find_first_of(breaks) != std::string::npos;
         });
}

bool TerminalTable::holds_only(const TerminalColumn& column, const char* cell) const {
  return n_rows() > 0 && column.cells == TextLines(n_rows(), cell);
}

bool TerminalTable::is_constant(const TerminalColumn& column) const {
  return column.words && n_rows() > 1 &&
         std::all_of(column.cells.begin(), column.cells.end(),
                     [&](const std::string& cell) { return cell == column.cells.front(); });
}

bool TerminalTable::tells_rows_apart(const Indices& columns) const {
  std::set<TextLines> seen;
  for (std::size_t row = 0; row < n_rows(); ++row) {
    TextLines key;
    for (const std::size_t i : columns) key.push_back(columns_[i].cells[row]);
    if (!seen.insert(key).second) return false;
  }
  return true;
}

/// The first columns, as many as tell the rows apart: beside them each number has to fit. Where
/// none do, those that take half of the width.
Indices TerminalTable::keys_of(const Indices& columns, std::size_t limit) const {
  Indices keys = {columns.front()}, half = keys;
  const auto width_beside = [&](std::size_t column) {
    Indices with = keys;
    with.push_back(column);
    return columns_[column].words ? 0 : width_of(page_of(with, kMostHeaderLines));
  };
  for (std::size_t n = 1; n < columns.size(); ++n) {
    const bool all_fit =
        std::all_of(columns.begin() + static_cast<long>(n), columns.end(),
                    [&](std::size_t column) { return width_beside(column) <= limit; });
    if (all_fit && tells_rows_apart(keys)) return keys;
    keys.push_back(columns[n]);
    if (width_of(page_of(keys, kMostHeaderLines)) <= limit / 2) half = keys;
  }
  return half;
}

/// Parts under each other, each with the columns that name a row; a group stays together where it
/// fits.
std::vector<Page> TerminalTable::folded(const Indices& columns, std::size_t limit) const {
  const Indices keys = keys_of(columns, limit);
  std::vector<Page> pages;
  Indices page = keys;
  const auto fits = [&](const Indices& some) {
    return width_of(page_of(some, kMostHeaderLines)) <= limit;
  };
  const auto finish = [&] {
    if (page.size() > keys.size()) {
      std::optional<Page> narrow = fitted(page, limit);
      if (!narrow) narrow = with_broken_words(page, limit);
      pages.push_back(narrow.value_or(page_of(page, kMostHeaderLines)));
    }
    page = keys;
  };
  const auto place = [&](const Indices& some) {
    Indices with = page;
    with.insert(with.end(), some.begin(), some.end());
    if (!fits(with)) return false;
    page = with;
    return true;
  };
  for (std::size_t begin = keys.size(); begin < columns.size();) {
    const std::string& group = columns_[columns[begin]].group;
    Indices together = {columns[begin]};
    while (!group.empty() && begin + together.size() < columns.size() &&
           columns_[columns[begin + together.size()]].group == group)
      together.push_back(columns[begin + together.size()]);
    begin += together.size();
    if (place(together)) continue;
    Indices alone = keys;
    alone.insert(alone.end(), together.begin(), together.end());
    if (fits(alone)) {
      finish();
      place(together);
      continue;
    }
    for (const std::size_t column : together) {
      if (place({column})) continue;
      finish();
      page.push_back(column);
    }
  }
  finish();
  return pages;
}

std::string TerminalTable::lines_of(const Page& page, const std::vector<TextLines>& cells) const {
  std::size_t n_lines = 1;
  for (const TextLines& cell : cells) n_lines = std::max(n_lines, cell.size());
  std::string text;
  for (std::size_t line = 0; line < n_lines; ++line) {
    std::string row;
    for (std::size_t k = 0; k < cells.size(); ++k)
      row += (k == 0 ? "" : std::string(kGap, ' ')) +
             padded(line < cells[k].size() ? cells[k][line] : "", page.widths[k],
                    columns_[page.columns[k]].right);
    text += without_end_blanks(row) + '\n';
  }
  return text;
}

std::string TerminalTable::drawn(Page page) const {
  const std::string title_line = titles(page);
  const std::string rule = std::string(width_of(page), '-') + '\n';
  std::vector<TextLines> headers;
  std::size_t n_lines = 1;
  for (std::size_t k = 0; k < page.columns.size(); ++k) {
    headers.push_back(broken(columns_[page.columns[k]].header, page.widths[k]));
    n_lines = std::max(n_lines, headers.back().size());
  }
  for (TextLines& header : headers) header.insert(header.begin(), n_lines - header.size(), "");

  std::string text = title_line.empty() ? "" : title_line + '\n';
  text += lines_of(page, headers);
  for (std::size_t row = 0; row < n_rows(); ++row) {
    if (row < hidden_.size() && hidden_[row]) continue;
    if (row == 0 || std::count(rules_.begin(), rules_.end(), row) > 0) text += rule;
    std::vector<TextLines> cells;
    for (std::size_t k = 0; k < page.columns.size(); ++k)
      cells.push_back(broken(columns_[page.columns[k]].cells[row], page.widths[k]));
    text += lines_of(page, cells);
  }
  return n_rows() == 0 ? text + rule : text;
}

bool TerminalTable::is_empty(std::size_t row, const Indices& columns) const {
  return std::all_of(columns.begin() + 1, columns.end(), [&](std::size_t i) {
    return columns_[i].cells[row].empty() || columns_[i].cells[row] == kAbsent;
  });
}

bool TerminalTable::hide_empty_rows(const Indices& columns, const Indices& all) {
  bool any_without_details = false;
  for (std::size_t row = 0; row < n_rows(); ++row) {
    hidden_.push_back(is_empty(row, columns));
    if (!hidden_[row]) continue;
    columns_[columns.front()].cells[row].clear();  // takes no width
    any_without_details = any_without_details || is_empty(row, all);
  }
  return any_without_details;
}

std::string TerminalTable::text(std::size_t limit) {
  Indices all;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (!holds_only(columns_[i], "")) all.push_back(i);
  if (const auto page = fitted(all, limit)) return drawn(*page);
  std::erase_if(all, [&](auto i) { return i != all.front() && holds_only(columns_[i], kAbsent); });
  if (const auto page = fitted(all, limit)) return drawn(*page);
  // What is the same in every row is said once; details are left out.
  TextLines constants, left_out;
  Indices some;
  for (const std::size_t i : all) {
    const TerminalColumn& column = columns_[i];
    if (column.detail) {
      left_out.push_back(column.whole_name());
    } else if (is_constant(column)) {
      constants.push_back(column.whole_name() + ": " + column.cells.front());
    } else {
      some.push_back(i);
    }
  }
  if (some.size() == 1) {  // the rows' names alone would be no table
    some = all;
    std::erase_if(some, [&](auto i) { return columns_[i].detail; });
    constants.clear();
  }
  if (hide_empty_rows(some, all)) left_out.push_back("rows without a value");
  std::string text;
  if (!constants.empty()) text = join(broken(join(constants, ", "), limit), "\n") + "\n\n";
  std::vector<Page> pages;
  if (const auto page = fitted(some, limit)) {
    pages.push_back(*page);
  } else if (const auto narrowed = with_broken_words(some, limit)) {
    pages.push_back(*narrowed);
  } else {
    pages = folded(some, limit);
  }
  for (std::size_t i = 0; i < pages.size(); ++i) text += (i > 0 ? "\n" : "") + drawn(pages[i]);
  if (!left_out.empty())
    text += join(broken("(--wide adds " + join(left_out, ", ") + ")", limit), "\n") + '\n';
  return text;
}

}  // namespace

std::string TextTable::text(std::size_t most_columns) const {
  const std::vector<std::vector<std::string>> cells = shown_cells(kAbsent);
  const std::vector<bool> right = right_aligned();
  std::vector<TerminalColumn> columns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    TerminalColumn& column = columns.emplace_back();
    column.header = shown(columns_[i].header, false);
    column.group = columns_[i].group;
    column.right = right[i];
    column.detail = columns_[i].detail;
    column.words = std::any_of(rows_.begin(), rows_.end(), [&](const std::vector<TextCell>& row) {
      return std::holds_alternative<std::string>(row[i]);
    });
    for (const auto& row : cells) column.cells.push_back(row[i]);
  }
  return TerminalTable(std::move(columns), rules_).text(most_columns);
}

}  // namespace rung
