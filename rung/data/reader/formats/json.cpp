// Rows as an array of objects, also under "results"; as an object of arrays of equal length
// (columns); as pandas writes a frame, by columns, by index, split or with a schema; or as one
// object (one row).
#include <algorithm>
#include <unordered_map>

#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/json_table.hpp"

namespace rung {
namespace {

Likeness likeness(std::string_view content) {
  const std::string_view line = first_line(content);
  return line.starts_with('{') || line.starts_with('[') ? Likeness::likely : Likeness::none;
}

bool is_index(const std::string& key) {
  return !key.empty() &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// An object whose keys are all whole numbers.
bool is_indexed(const Value& value) {
  const Value::Table* const members = value.table();
  return members && !members->empty() &&
         std::all_of(members->begin(), members->end(),
                     [](const Member& member) { return is_index(member.key); });
}

template <class Is>
bool all_members(const Value& value, Is is) {
  return !value.table()->empty() &&
         std::all_of(value.table()->begin(), value.table()->end(),
                     [&](const Member& member) { return is(member.value); });
}

bool is_object(const Value& value) { return value.table() != nullptr; }

/// The array of objects, perhaps empty, that a key holds; null where it holds anything else.
const Value::List* rows_under(const Value& value, std::string_view key) {
  const Value* const found = value.find(key);
  if (!found || !found->list()) return nullptr;
  const Value::List& rows = *found->list();
  return rows.empty() || rows.front().table() ? &rows : nullptr;
}

/// {"N": {"0": 1, "1": 2}, …}: pandas' default.
void add_indexed_columns(const Value& frame, JsonTable& table) {
  std::unordered_map<std::string, std::size_t> row_of;
  for (const Member& column : *frame.table()) {
    for (const Member& cell : *column.value.table()) {
      const std::size_t row = row_of.emplace(cell.key, row_of.size()).first->second;
      table.set(column.key, row, cell.value);
    }
  }
}

/// {"columns": ["N", …], "index": […], "data": [[1, …], …]}
void add_split(const Value& columns, const Value& rows, JsonTable& table) {
  std::size_t row = 0;
  for (const Value& cells : *rows.list()) {
    const std::size_t n_columns = columns.list()->size();
    const std::size_t n_cells = cells.list() ? cells.list()->size() : 0;
    if (n_cells != n_columns) {
      table.problem(cells, "this row has " + std::to_string(n_cells) + " cells for " +
                               std::to_string(n_columns) + " columns");
      continue;
    }
    for (std::size_t i = 0; i < n_cells; ++i)
      table.set(text_in(&(*columns.list())[i]), row, (*cells.list())[i]);
    ++row;
  }
}

/// Members that are arrays are columns, also inside objects, whose names stand before theirs.
void add_columns(const std::string& prefix, const Value& object, JsonTable& table) {
  for (const Member& member : *object.table()) {
    const std::string name = prefix + member.key;
    if (member.value.table()) {
      add_columns(name + ".", member.value, table);
    } else if (member.value.list()) {
      table.add_column(name, member.value);
    } else {
      table.problem(member.value,
                    "'" + name + "' is " + kind_of(member.value) + ", where others are arrays",
                    "rows are an array of objects, columns an object of arrays");
    }
  }
}

/// InputError for a saved fit, which would be read as a table of one odd row.
void refuse_saved_fit(const Value& value, const std::string& source) {
  const Value* const kind = value.table() ? value.find("kind") : nullptr;
  if (!kind || !kind->text() || *kind->text() != "rung fit") return;
  throw InputError(Location{source}, "this is a saved fit, not a table",
                   "rung predict takes one, and rung allocate as --fit");
}

void add_document(const Value& value, const std::string& source, JsonTable& table) {
  refuse_saved_fit(value, source);
  if (const Value::List* const rows = value.list()) return table.add_rows(*rows);
  if (!value.table()) {
    throw InputError(Location{source, value.line, value.column}, "this JSON holds no table",
                     "rows are an array of objects, columns an object of arrays");
  }
  if (const Value::List* const rows = rows_under(value, "results")) return table.add_rows(*rows);
  const Value *const columns = value.find("columns"), *const data = value.find("data");
  if (columns && data && columns->list() && data->list() && !rows_under(value, "data"))
    return add_split(*columns, *data, table);
  if (value.find("schema") && rows_under(value, "data"))
    return table.add_rows(*rows_under(value, "data"));
  if (all_members(value, is_indexed)) return add_indexed_columns(value, table);
  if (is_indexed(value) && all_members(value, is_object)) {
    for (const Member& row : *value.table()) table.add_row(row.value);
    return;
  }
  if (std::any_of(value.table()->begin(), value.table()->end(),
                  [](const Member& member) { return member.value.list() != nullptr; }))
    return add_columns("", value, table);
  table.add_row(value);
}

Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  const Value value = parse_json_cells(content, source);
  JsonTable table(source, options);
  add_document(value, source, table);
  return table.finish(content.size());
}

}  // namespace

Format format_json();
Format format_json() {
  return {"json", "JSON: rows, columns, or as pandas writes a frame", {".json"}, likeness, read};
}

}  // namespace rung
