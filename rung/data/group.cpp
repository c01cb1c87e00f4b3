#include "rung/data/group.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "rung/core/text.hpp"

namespace rung {
namespace {

using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// What a row is known by: which of the distinct values of the columns so far it has.
using Ids = std::vector<std::size_t>;

Ids ids_of(const Column& column) {
  Ids ids;
  ids.reserve(column.size());
  const auto number = [&ids](const auto& cells, auto& known) {
    for (const auto& cell : cells) ids.push_back(known.emplace(cell, known.size()).first->second);
  };
  if (!column.is_number()) {
    std::unordered_map<std::string_view, std::size_t> known;
    number(std::get<Texts>(column.values), known);
    return ids;
  }
  // NaN differs from itself: all missing cells share an id that no number has.
  std::unordered_map<double, std::size_t> known;
  for (const double cell : std::get<Numbers>(column.values)) {
    ids.push_back(std::isnan(cell) ? std::numeric_limits<std::size_t>::max()
                                   : known.emplace(cell, known.size()).first->second);
  }
  return ids;
}

std::string value_in(const Column& column, std::size_t row) {
  if (!column.is_number()) return std::get<Texts>(column.values)[row];
  const double value = std::get<Numbers>(column.values)[row];
  return std::isnan(value) ? "" : shortest(value);
}

std::string label_of(const Group& group, const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string value = group.values[i].empty() ? "(missing)" : group.values[i];
    parts.push_back(columns.size() == 1 ? value : columns[i] + "=" + value);
  }
  return join(parts, ", ");
}

}  // namespace

std::vector<Group> group_by(const Table& table, const std::vector<std::string>& columns) {
  Ids group_of_row(table.n_rows(), 0);
  std::size_t n_groups = table.n_rows() > 0 ? 1 : 0;
  for (const std::string& name : columns) {
    const Ids ids = ids_of(table.column(name));
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
    for (std::size_t row = 0; row < ids.size(); ++row) {
      group_of_row[row] =
          known.emplace(std::pair{group_of_row[row], ids[row]}, known.size()).first->second;
    }
    n_groups = known.size();
  }
  std::vector<Group> groups(n_groups);
  for (std::size_t row = 0; row < group_of_row.size(); ++row) {
    groups[group_of_row[row]].rows.push_back(row);
  }
  for (Group& group : groups) {
    for (const std::string& name : columns) {
      group.values.push_back(value_in(table.column(name), group.rows.front()));
    }
    group.label = label_of(group, columns);
  }
  return groups;
}

}  // namespace rung
