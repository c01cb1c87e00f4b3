#include "rung/study/plan/grid.hpp"

#include <cmath>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"

namespace rung::plan {
namespace {

constexpr const char* kOption = "--grid";
constexpr double kMostRows = 1e6;

/// Entries at the commas that stand in no parenthesis.
std::vector<std::string> entries_of(const std::string& text) {
  std::vector<std::string> entries(1);
  int depth = 0;
  for (const char c : text) {
    depth += (c == '(') - (c == ')');
    if (c == ',' && depth == 0) {
      entries.emplace_back();
    } else {
      entries.back() += c;
    }
  }
  return entries;
}

double number(const std::string& entry, std::string_view text) {
  const std::optional<double> value = parse_quantity(text);
  if (!value || !std::isfinite(*value))
    throw InputError(std::string(kOption) + ": '" + std::string(trimmed(text)) +
                         "' is no number, in '" + entry + "'",
                     "a range is LOW..HIGH:COUNT, a list A|B|C");
  return *value;
}

std::vector<double> range(const std::string& entry, const std::string& text) {
  const std::size_t dots = text.find(".."), colon = text.find(':', dots);
  const double low = number(entry, text.substr(0, dots));
  const double high = number(entry, text.substr(dots + 2, colon - dots - 2));
  const double count = colon == std::string::npos ? 0 : number(entry, text.substr(colon + 1));
  if (count != std::floor(count) || count < 2 || count > kMostRows)
    throw InputError(std::string(kOption) + ": how many steps has '" + entry + "'?",
                     "LOW..HIGH:COUNT with a COUNT from 2 on, such as N=1e8..1e9:4");
  if (!(low > 0 && high > low))
    throw InputError(
        std::string(kOption) + ": the range of '" + entry + "' is not positive and ascending",
        "list other values: N=0|1|2");
  return log_grid(low, high, static_cast<std::size_t>(count));
}

/// The values that an entry steps through; none for an expression.
std::vector<double> steps(const std::string& entry, const std::string& text) {
  if (text.find("..") != std::string::npos) return range(entry, text);
  std::vector<double> values;
  if (text.find('|') != std::string::npos) {
    for (const std::string& value : split(text, '|')) values.push_back(number(entry, value));
  }
  return values;
}

/// Each row of `table` once for each of `values`.
Table times(const Table& table, const std::string& name, const std::vector<double>& values) {
  Table result(table.source());
  for (const Column& column : table.columns()) {
    std::vector<double> repeated;
    for (const double value : std::get<std::vector<double>>(column.values))
      repeated.insert(repeated.end(), values.size(), value);
    result.add({column.name, std::move(repeated)});
  }
  std::vector<double> own;
  for (std::size_t i = 0; i < table.n_rows(); ++i)
    own.insert(own.end(), values.begin(), values.end());
  result.add({name, std::move(own)});
  return result;
}

}  // namespace

Table candidate_grid(const std::string& text) {
  Table table(kOption);
  table.add({"(row)", std::vector<double>{0}});
  for (const std::string& entry : entries_of(text)) {
    const std::size_t equals = entry.find('=');
    const std::string name(trimmed(entry.substr(0, equals)));
    if (equals == std::string::npos || name.empty())
      throw InputError(
          std::string(kOption) + ": '" + std::string(trimmed(entry)) + "' names no input",
          "\"N=1e8..1e9:4, D=20*N\"");
    if (table.has(name)) throw InputError(std::string(kOption) + ": '" + name + "' is said twice");
    const std::vector<double> values = steps(entry, entry.substr(equals + 1));
    if (values.empty()) {
      const Mapping mapping = parse_mapping(entry, kOption);
      require_quantities(mapping, table);
      table = with_columns(std::move(table), mapping);
      continue;
    }
    if (static_cast<double>(table.n_rows()) * static_cast<double>(values.size()) > kMostRows)
      throw InputError(std::string(kOption) + ": more than a million candidates",
                       "take fewer steps");
    table = times(table, name, values);
  }
  return table;
}

}  // namespace rung::plan
