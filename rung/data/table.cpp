#include "rung/data/table.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/text_column.hpp"

namespace rung {

std::size_t Column::size() const {
  return std::visit([](const auto& cells) { return cells.size(); }, values);
}

std::vector<std::string> Table::column_names() const {
  std::vector<std::string> names;
  names.reserve(columns_.size());
  for (const Column& column : columns_) names.push_back(column.name);
  return names;
}

void Table::add(Column column) {
  require_length(column);
  columns_.push_back(std::move(column));
}

void Table::set_places_of(const Table& other, std::span<const std::size_t> rows) {
  const auto of_rows = [&](const std::vector<std::size_t>& all) {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < rows.size() && !all.empty(); ++i) some.push_back(all[rows[i]]);
    return some;
  };
  lines_ = of_rows(other.lines_);
  starts_ = of_rows(other.starts_);
}

void Table::set(Column column) {
  require_length(column);
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const Column& old) { return old.name == column.name; });
  if (found == columns_.end()) return columns_.push_back(std::move(column));
  *found = std::move(column);
}

void Table::require_length(const Column& column) const {
  if (columns_.empty() || column.size() == n_rows()) return;
  throw std::logic_error("Table: column '" + column.name + "' has " +
                         std::to_string(column.size()) + " rows, the table has " +
                         std::to_string(n_rows()));
}

const Column* Table::find(std::string_view name) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns_.end() ? nullptr : &*found;
}

const Column& Table::column(std::string_view name) const {
  if (const Column* found = find(name)) return *found;
  throw InputError(Location{source_}, "there is no column '" + std::string(name) + "'",
                   did_you_mean(std::string(name), column_names()));
}

const std::vector<double>& Table::numbers(std::string_view name) const {
  const Column& found = column(name);
  if (found.is_number()) return std::get<std::vector<double>>(found.values);
  const auto& texts = std::get<std::vector<std::string>>(found.values);
  for (std::size_t row = 0; row < texts.size(); ++row) {
    if (texts[row].empty() || parse_double(texts[row])) continue;
    throw InputError(location(row),
                     "column '" + found.name + "': '" + texts[row] + "' is not a number",
                     how_to_write(texts[row]));
  }
  throw InputError(Location{source_}, "column '" + found.name + "' holds text, not numbers");
}

void Table::refuse_infinities(const Column& column) const {
  if (!column.is_number()) return;
  const auto& numbers = std::get<std::vector<double>>(column.values);
  const auto found =
      std::find_if(numbers.begin(), numbers.end(), [](double x) { return std::isinf(x); });
  if (found == numbers.end()) return;
  throw InputError(location(static_cast<std::size_t>(found - numbers.begin())),
                   "column '" + column.name + "' holds an infinite number",
                   "leave the cell empty where nothing was measured, or the row out: --where");
}

void Table::refuse_words_among_numbers(const Column& column) const {
  if (column.is_number()) return;
  const Texts& texts = std::get<Texts>(column.values);
  std::vector<std::size_t> others;  // than numbers and missing cells
  std::size_t n_words = 0;          // of these that aren't a number in another spelling
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::string_view text = trimmed(texts[row]);
    if (is_missing_word(text) || parse_double(text) || parse_quantity(text)) continue;
    others.push_back(row);
    n_words += how_to_write(text).empty();
  }
  if (others.empty() || 2 * n_words >= texts.size()) return;
  const std::size_t row = others.front();
  const std::string hint = how_to_write(texts[row]);
  throw InputError(location(row), "column '" + column.name + "' holds text: '" + texts[row] + "'",
                   hint.empty() ? "leave the cell empty where nothing was measured" : hint);
}

}  // namespace rung
