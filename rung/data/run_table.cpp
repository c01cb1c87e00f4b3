#include "rung/data/run_table.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/group.hpp"

namespace rung {
namespace {

/// A part of a run that is the same at all its checkpoints, and the column that holds it.
struct TextPart {
  std::string RunColumns::*column;
  std::string Run::*value;
};
constexpr TextPart kTextParts[] = {{&RunColumns::model, &Run::model},
                                   {&RunColumns::label, &Run::label},
                                   {&RunColumns::family, &Run::family},
                                   {&RunColumns::length, &Run::length},
                                   {&RunColumns::file, &Run::file}};

using Number = std::optional<double>;
struct NumberPart {
  std::string RunColumns::*column;
  Number Run::*value;
  Number ParameterCounts::*size = nullptr;  // instead of `value`

  const Number& of(const Run& run) const { return size ? run.n_params.*size : run.*value; }
  Number& of(Run& run) const { return size ? run.n_params.*size : run.*value; }
};
constexpr NumberPart kNumberParts[] = {
    {&RunColumns::seed, &Run::seed},
    {&RunColumns::n_params, nullptr, &ParameterCounts::total},
    {&RunColumns::n_params_non_embedding, nullptr, &ParameterCounts::non_embedding},
    {&RunColumns::n_params_active, nullptr, &ParameterCounts::active},
    {&RunColumns::flops_per_token, &Run::flops_per_token},
    {&RunColumns::total_flops, &Run::total_flops}};

/// The rows of a table to be: a run and a checkpoint of it each.
using Rows = std::vector<std::pair<const Run*, std::size_t>>;

/// A column with a value a row, unless none is known.
template <class Value>
void add_numbers(Table& table, const std::string& name, const Rows& rows, Value value) {
  std::vector<double> cells;
  cells.reserve(rows.size());
  for (const auto& [run, row] : rows) cells.push_back(value(*run, row));
  const bool known =
      std::any_of(cells.begin(), cells.end(), [](double x) { return !std::isnan(x); });
  if (known) table.add({name, std::move(cells)});
}

template <class Value>
void add_texts(Table& table, const std::string& name, const Rows& rows, Value value) {
  std::vector<std::string> cells;
  cells.reserve(rows.size());
  for (const auto& [run, row] : rows) cells.push_back(value(*run));
  const bool known = std::any_of(cells.begin(), cells.end(),
                                 [](const std::string& text) { return !text.empty(); });
  if (known) table.add({name, std::move(cells)});
}

template <class Map>
std::set<std::string> keys_of(std::span<const Run> runs, Map Run::*map) {
  std::set<std::string> keys;
  for (const Run& run : runs) {
    for (const auto& [key, value] : run.*map) keys.insert(key);
  }
  return keys;
}

template <class Map, class Missing>
auto value_or(const Map& map, const std::string& key, const Missing& missing) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type(missing) : found->second;
}

Table table_of(std::span<const Run> runs, const Rows& rows, std::string source,
               const RunColumns& columns) {
  Table table(std::move(source));
  for (const TextPart& part : kTextParts)
    add_texts(table, columns.*part.column, rows, [&](const Run& run) { return run.*part.value; });
  for (const NumberPart& part : kNumberParts)
    add_numbers(table, columns.*part.column, rows,
                [&](const Run& run, std::size_t) { return part.of(run).value_or(kNaN); });
  for (const std::string& key : keys_of(runs, &Run::descriptions))
    add_texts(table, kSettingPrefix + key, rows,
              [&](const Run& run) { return value_or(run.descriptions, key, ""); });
  for (const std::string& key : keys_of(runs, &Run::settings))
    add_numbers(table, kSettingPrefix + key, rows,
                [&](const Run& run, std::size_t) { return value_or(run.settings, key, kNaN); });
  add_numbers(table, columns.n_tokens, rows,
              [](const Run& run, std::size_t row) { return run.n_tokens[row]; });
  for (const std::string& key : keys_of(runs, &Run::metrics))
    add_numbers(table, key, rows, [&](const Run& run, std::size_t row) {
      const auto found = run.metrics.find(key);
      return found == run.metrics.end() ? kNaN : found->second[row];
    });
  return table;
}

/// What of a table's columns says which run a row belongs to, and what is measured.
struct Parts {
  std::vector<std::string> who;  // columns that are the same in all rows of a run
  std::vector<const Column*> metrics;
  std::vector<const Column*> settings;
};

Parts parts_of(const Table& table, const RunColumns& columns) {
  std::set<std::string> names = {columns.n_tokens};
  Parts parts;
  const auto identify = [&](const std::string& name) {
    names.insert(name);
    if (table.has(name)) parts.who.push_back(name);
  };
  for (const TextPart& part : kTextParts) identify(columns.*part.column);
  for (const NumberPart& part : kNumberParts) identify(columns.*part.column);
  for (const Column& column : table.columns()) {
    if (names.count(column.name)) continue;
    if (column.name.starts_with(kSettingPrefix)) {
      parts.who.push_back(column.name);
      parts.settings.push_back(&column);
    } else if (column.is_number()) {
      parts.metrics.push_back(&column);
    } else {
      table.refuse_words_among_numbers(column);
    }
  }
  return parts;
}

const std::vector<double>& numbers(const Column& column) {
  return std::get<std::vector<double>>(column.values);
}

/// A cell as text, whatever the column holds: models may be called 7.
std::string text_in(const Column& column, std::size_t row) {
  if (!column.is_number()) return std::get<std::vector<std::string>>(column.values)[row];
  return std::isnan(numbers(column)[row]) ? "" : shortest(numbers(column)[row]);
}

/// Who the run of this row is, and how it was trained.
Run run_at(const Table& table, std::size_t row, const Parts& parts, const RunColumns& columns) {
  Run run;
  for (const TextPart& part : kTextParts) {
    if (const Column* column = table.find(columns.*part.column))
      run.*part.value = text_in(*column, row);
  }
  for (const NumberPart& part : kNumberParts) {
    if (!table.has(columns.*part.column)) continue;
    const double value = table.numbers(columns.*part.column)[row];
    if (!std::isnan(value)) part.of(run) = value;
  }
  for (const Column* column : parts.settings) {
    const std::string key = column->name.substr(std::string_view(kSettingPrefix).size());
    const std::string text = text_in(*column, row);
    if (text.empty()) continue;
    if (column->is_number()) {
      run.settings[key] = numbers(*column)[row];
    } else {
      run.descriptions[key] = text;
    }
  }
  return run;
}

void fill_checkpoints(Run& run, const std::vector<std::size_t>& rows, const Parts& parts,
                      const Column* n_tokens) {
  for (const std::size_t row : rows)
    run.n_tokens.push_back(n_tokens ? numbers(*n_tokens)[row] : kNaN);
  for (const Column* column : parts.metrics) {
    std::vector<double> values;
    for (const std::size_t row : rows) values.push_back(numbers(*column)[row]);
    const bool measured =
        std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    if (measured) run.metrics[column->name] = std::move(values);
  }
}

void check_order(const Run& run, const Table& table, const std::vector<std::size_t>& rows,
                 std::vector<Problem>& problems) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!(run.n_tokens[i] < run.n_tokens[i - 1])) continue;
    problems.push_back({table.location(rows[i]),
                        "run '" + run.model + "' goes back to " + shortest(run.n_tokens[i]) +
                            " tokens after " + shortest(run.n_tokens[i - 1]),
                        "checkpoints stand in the order of training"});
  }
}

}  // namespace

Table table_of_checkpoints(std::span<const Run> runs, std::string source,
                           const RunColumns& columns) {
  Rows rows;
  for (const Run& run : runs) {
    for (std::size_t i = 0; i < run.n_rows(); ++i) rows.emplace_back(&run, i);
  }
  return table_of(runs, rows, std::move(source), columns);
}

std::vector<Run> runs_of(const Table& table, const RunColumns& columns) {
  const Parts parts = parts_of(table, columns);
  if (table.has(columns.n_tokens)) table.numbers(columns.n_tokens);
  const Column* const n_tokens = table.find(columns.n_tokens);
  std::vector<Run> runs;
  std::vector<Problem> problems;
  for (const Group& group : group_by(table, parts.who)) {
    Run& run = runs.emplace_back(run_at(table, group.rows.front(), parts, columns));
    fill_checkpoints(run, group.rows, parts, n_tokens);
    check_order(run, table, group.rows, problems);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return runs;
}

}  // namespace rung
