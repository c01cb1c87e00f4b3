#include "rung/data/reader/json_table.hpp"

#include <algorithm>
#include <utility>

#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/json_cells.hpp"

namespace rung {
namespace {

// A cell takes some 10 bytes of a file at least, so every row may lack 9 columns of 10.
constexpr std::size_t kMostCellsPerByte = 64;
constexpr std::size_t kAlwaysAllowedCells = 1'000'000;

Column column_of(const std::string& name, const std::vector<const Value*>& cells) {
  const bool numbers = std::all_of(cells.begin(), cells.end(), [](const Value* cell) {
    return is_missing(cell) || is_number(*cell);
  });
  if (numbers) {
    std::vector<double> values;
    values.reserve(cells.size());
    for (const Value* cell : cells) values.push_back(number_in(cell));
    return {name, std::move(values)};
  }
  std::vector<std::string> texts;
  texts.reserve(cells.size());
  for (const Value* cell : cells) texts.push_back(text_in(cell));
  return {name, std::move(texts)};
}

}  // namespace

std::string kind_of(const Value& value) {
  if (value.is_null()) return "null";
  if (value.text()) return "a string";
  if (value.flag()) return "a boolean";
  if (value.list()) return "an array";
  return value.table() ? "an object" : "a number";
}

JsonTable::Cells& JsonTable::cells_of(const std::string& name) {
  const auto [found, is_new] = index_.emplace(name, columns_.size());
  if (is_new) {
    const bool wanted = options_.columns.empty() || contains(options_.columns, name) ||
                        contains(options_.optional_columns, name);
    columns_.push_back({name, wanted});
  }
  return columns_[found->second];
}

void JsonTable::set(const std::string& name, std::size_t row, const Value& cell) {
  n_rows_ = std::max(n_rows_, row + 1);
  Cells& column = cells_of(name);
  if (!column.wanted) return;
  if (!column.cells.empty() && column.cells.back().first == row)
    return problem(cell, "'" + name + "' is there twice", "", row);
  column.cells.emplace_back(row, &cell);
}

void JsonTable::add_row(const Value& object, std::size_t lines_before) {
  const std::size_t row = n_rows_++;
  rows_.push_back({&object, lines_before});
  if (object.table()) return add_members("", *object.table(), row);
  problem(object, "a row is an object, {\"name\": value, …}; this is " + kind_of(object), "", row);
}

void JsonTable::add_rows(const Value::List& rows) {
  for (const Value& row : rows) add_row(row);
}

void JsonTable::add_members(const std::string& prefix, const Value::Table& members,
                            std::size_t row) {
  for (const Member& member : members) {
    const std::string name = prefix + member.key;
    if (const Value::Table* const inner = member.value.table()) {
      add_members(name + ".", *inner, row);
    } else {
      set(name, row, member.value);
    }
  }
}

void JsonTable::add_column(const std::string& name, const Value& list) {
  const Value::List& cells = *list.list();
  if (!first_list_) first_list_ = &list;
  const std::size_t n_wanted = first_list_->list()->size();
  if (cells.size() != n_wanted) {
    return problem(list, "'" + name + "' has " + std::to_string(cells.size()) +
                             " values, the columns before it have " + std::to_string(n_wanted));
  }
  cells_of(name);
  for (std::size_t row = 0; row < cells.size(); ++row) set(name, row, cells[row]);
}

Location JsonTable::place(const Value& value, std::size_t row) const {
  const std::size_t lines_before = row < rows_.size() ? rows_[row].lines_before : 0;
  return {source_, value.line + lines_before, value.column};
}

void JsonTable::problem(const Value& at, std::string message, std::string hint, std::size_t row) {
  if (problems_.size() == kMostProblems) {
    ++n_more_problems_;
  } else {
    problems_.push_back({place(at, row), std::move(message), std::move(hint)});
  }
}

void JsonTable::require_columns() {
  for (const std::string& name : options_.columns) {
    if (index_.count(name)) continue;
    std::vector<std::string> names;
    for (const Cells& cells : columns_) names.push_back(cells.name);
    problems_.push_back(
        {{source_}, "there is no column '" + name + "'", did_you_mean(name, names)});
  }
}

void JsonTable::require_numbers(const std::string& name, const std::vector<const Value*>& cells) {
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const Value* const cell = cells[row];
    if (!is_missing(cell) && is_number(*cell)) continue;
    const std::string what =
        is_missing(cell) ? " is missing" : " is '" + text_in(cell) + "', not a number";
    // A missing cell's place is its row's.
    const Value* const at = cell ? cell : row < rows_.size() ? rows_[row].object : first_list_;
    problem(at ? *at : Value{}, name + what, is_missing(cell) ? "" : how_to_write(text_in(cell)),
            row);
  }
}

void JsonTable::require_density(std::size_t n_bytes) const {
  const auto n_wanted = static_cast<std::size_t>(std::count_if(
      columns_.begin(), columns_.end(), [](const Cells& cells) { return cells.wanted; }));
  const std::size_t n_most = kAlwaysAllowedCells + kMostCellsPerByte * n_bytes;
  if (n_wanted == 0 || n_rows_ <= n_most / n_wanted) return;
  throw InputError(Location{source_},
                   std::to_string(n_rows_) + " rows have " + std::to_string(n_wanted) +
                       " columns between them, nearly all of whose cells would be empty",
                   "are names of columns made from values?");
}

void JsonTable::throw_problems() {
  if (problems_.empty()) return;
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.location.line, a.location.column) <
           std::pair(b.location.line, b.location.column);
  });
  throw InputError(std::move(problems_), n_more_problems_);
}

Table JsonTable::finish(std::size_t n_bytes) {
  require_columns();
  throw_problems();
  require_density(n_bytes);
  Table table(source_);
  for (Cells& column : columns_) {
    if (!column.wanted) continue;
    std::vector<const Value*> cells(n_rows_, nullptr);
    for (const auto& [row, cell] : column.cells) cells[row] = cell;
    column.cells = {};
    if (contains(options_.number_columns, column.name)) require_numbers(column.name, cells);
    table.add(column_of(column.name, cells));
  }
  throw_problems();
  if (options_.keep_lines && rows_.size() == n_rows_) {
    std::vector<std::size_t> lines, starts;
    for (const Row& row : rows_) {
      lines.push_back(row.object->line + row.lines_before);
      starts.push_back(row.object->column);
    }
    const bool any_share_a_line = std::adjacent_find(lines.begin(), lines.end()) != lines.end();
    if (!any_share_a_line) starts.clear();
    table.set_lines(std::move(lines), std::move(starts));
  }
  return table;
}

}  // namespace rung
