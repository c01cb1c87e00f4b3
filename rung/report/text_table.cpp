#include "rung/report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"

namespace rung {
namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

/// A spreadsheet runs a cell that begins like this; an apostrophe before it keeps it text.
bool looks_like_formula(const std::string& text) {
  return text.size() > 1 && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos &&
         !parse_double(text);
}

/// Counts up to a million in full: "12345", "7e9".
std::string whole_or_four_digits(double x) {
  return std::abs(x) < 1e6 ? fixed(x, 0) : significant(x);
}

std::string csv_cell(const TextCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell))
    return csv_field(looks_like_formula(*text) ? "'" + *text : *text);
  const auto* number = std::get_if<double>(&cell);
  return number && std::isfinite(*number) ? shortest(*number) : "";
}

}  // namespace

TextCell number_cell(std::optional<double> value) {
  if (value) return *value;
  return std::monostate{};
}

NumberFormat decimals(int n) {
  const double smallest = 0.5 * std::pow(10, -n);
  return [n, smallest](double x) { return fixed(std::abs(x) < smallest ? 0 : x, n); };
}

std::string four_digits(double x) {
  if (!std::isfinite(x)) return significant(x);
  std::string text = fmt::format("{:#.4g}", x);
  if (text.ends_with('.')) text.pop_back();
  return with_short_exponent(std::move(text));
}

void TextTable::add_column(std::string header, std::string csv_name, NumberFormat format,
                           Align align) {
  if (!rows_.empty()) throw std::logic_error("TextTable::add_column after add_row");
  if (csv_name.empty()) csv_name = header;
  columns_.push_back(
      {std::move(header), std::move(csv_name), std::move(format), align, group_, details_});
}

void TextTable::add_row(std::vector<TextCell> row) {
  if (row.size() != columns_.size()) {
    throw std::logic_error("TextTable::add_row: " + std::to_string(row.size()) + " cells for " +
                           std::to_string(columns_.size()) + " columns");
  }
  rows_.push_back(std::move(row));
}

void TextTable::add_rule() { rules_.push_back(rows_.size()); }

NumberFormat TextTable::format_of(std::size_t column) const {
  if (columns_[column].format) return columns_[column].format;
  const bool whole = std::all_of(rows_.begin(), rows_.end(), [&](const auto& row) {
    const auto* number = std::get_if<double>(&row[column]);
    return !number || !std::isfinite(*number) || std::trunc(*number) == *number;
  });
  return whole ? NumberFormat(whole_or_four_digits) : NumberFormat(four_digits);
}

std::vector<std::vector<std::string>> TextTable::shown_cells(std::string_view absent) const {
  std::vector<NumberFormat> formats;
  for (std::size_t i = 0; i < columns_.size(); ++i) formats.push_back(format_of(i));
  std::vector<std::vector<std::string>> shown;
  for (const std::vector<TextCell>& row : rows_) {
    std::vector<std::string>& cells = shown.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (const auto* text = std::get_if<std::string>(&row[i])) {
        cells.push_back(rung::shown(*text, false));
        continue;
      }
      const auto* number = std::get_if<double>(&row[i]);
      if (!number || !std::isfinite(*number)) {
        cells.emplace_back(absent);
      } else {
        cells.push_back(formats[i](*number));
      }
    }
  }
  return shown;
}

std::vector<bool> TextTable::right_aligned() const {
  std::vector<bool> right;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool words = std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) {
      return std::holds_alternative<std::string>(row[i]);
    });
    const Align align = columns_[i].align;
    right.push_back(align == Align::right || (align == Align::automatic && !words));
  }
  return right;
}

std::vector<TextTable::Group> TextTable::groups() const {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!groups.empty() && groups.back().title == columns_[i].group) {
      ++groups.back().n_columns;
    } else {
      groups.push_back({columns_[i].group, i, 1});
    }
  }
  return groups;
}

std::string TextTable::csv() const {
  std::vector<std::string> fields;
  for (const TextColumn& column : columns_) {
    fields.push_back(csv_field(column.csv_name));
  }
  std::string csv = join(fields, ",") + '\n';
  for (const std::vector<TextCell>& row : rows_) {
    fields.clear();
    for (const TextCell& cell : row) fields.push_back(csv_cell(cell));
    csv += join(fields, ",") + '\n';
  }
  return csv;
}

}  // namespace rung
