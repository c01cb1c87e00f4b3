#include "rung/data/join.hpp"

#include <cmath>
#include <set>
#include <unordered_map>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostProblems = 20;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// A cell as text; "" where it is missing.
std::string cell(const Column& column, std::size_t row) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values))
    return (*texts)[row];
  const double value = std::get<std::vector<double>>(column.values)[row];
  return std::isnan(value) ? "" : shortest(value);
}

/// Where each key stands in a table, once.
class Keys {
 public:
  Keys(const Table& table, const std::string& on, std::vector<Problem>& problems) {
    const Column& column = table.column(on);
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
      const std::string key = cell(column, row);
      if (key.empty()) continue;
      const auto [found, is_new] = rows_.try_emplace(key, row);
      if (is_new || problems.size() >= kMostProblems) continue;
      for (const Column& other : table.columns()) {
        const std::string a = cell(other, found->second), b = cell(other, row);
        if (a == b) continue;
        problems.push_back({table.location(row),
                            on + " '" + key + "' stands here a second time, with '" + other.name +
                                "' " + (b.empty() ? "missing" : b) + " in place of " +
                                (a.empty() ? "a missing cell" : a),
                            "one row for each " + on});
        break;
      }
    }
  }

  std::size_t row_of(const std::string& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? kNone : found->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> rows_;
};

Column taken(const Column& column, const std::vector<std::size_t>& rows) {
  Column result{column.name, {}};
  std::visit(
      [&](const auto& values) {
        using Values = std::decay_t<decltype(values)>;
        typename Values::value_type missing{};
        if constexpr (std::is_same_v<Values, std::vector<double>>) missing = std::nan("");
        Values cells;
        for (const std::size_t row : rows) cells.push_back(row == kNone ? missing : values[row]);
        result.values = std::move(cells);
      },
      column.values);
  return result;
}

/// The left column with its missing cells from the right one.
Column filled_in(const Table& left, const Column& mine, const Column& theirs,
                 std::vector<Problem>& problems) {
  const bool both_numbers = mine.is_number() && theirs.is_number();
  Column result = mine;
  for (std::size_t row = 0; row < mine.size(); ++row) {
    const std::string a = cell(mine, row), b = cell(theirs, row);
    if (b.empty() || a == b) continue;
    if (!a.empty() || mine.is_number() != theirs.is_number()) {
      if (problems.size() < kMostProblems)
        problems.push_back({left.location(row),
                            "'" + mine.name + "' is " + (a.empty() ? "a number column" : a) +
                                " here and " + b + " in the table that is joined",
                            "drop or rename the column in one of the tables"});
      continue;
    }
    if (both_numbers) {
      std::get<std::vector<double>>(result.values)[row] =
          std::get<std::vector<double>>(theirs.values)[row];
    } else {
      std::get<std::vector<std::string>>(result.values)[row] = b;
    }
  }
  return result;
}

}  // namespace

Joined join(const Table& left, const Table& right, const std::string& on) {
  std::vector<Problem> problems;
  const Column& keys = left.column(on);
  const Keys partners(right, on, problems);

  Joined result;
  std::vector<std::size_t> rows;
  std::set<std::string> used;
  for (std::size_t row = 0; row < left.n_rows(); ++row) {
    const std::string key = cell(keys, row);
    rows.push_back(partners.row_of(key));
    if (rows.back() == kNone) result.left_only.push_back(key);
    used.insert(key);
  }
  const Column& right_keys = right.column(on);
  for (std::size_t row = 0; row < right.n_rows(); ++row) {
    const std::string key = cell(right_keys, row);
    if (used.insert(key).second) result.right_only.push_back(key);
  }

  result.table = left;
  for (const Column& column : right.columns()) {
    if (column.name == on) continue;
    Column theirs = taken(column, rows);
    const Column* mine = left.find(column.name);
    result.table.set(mine ? filled_in(left, *mine, theirs, problems) : std::move(theirs));
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return result;
}

}  // namespace rung
