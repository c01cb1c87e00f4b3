#include "rung/study/decide/metric_texts.hpp"

#include <algorithm>
#include <map>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/core/value.hpp"

namespace rung::decide {
namespace {

constexpr std::string_view kColumn = "metrics";

/// Words of Python where JSON has others; texts inside of the dictionaries hold no quotes.
std::string as_json(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  for (const auto& [python, json] : {std::pair<std::string_view, std::string_view>{"None", "null"},
                                     {"nan", "null"},
                                     {"NaN", "null"},
                                     {"True", "true"},
                                     {"False", "false"}}) {
    for (std::size_t at = 0; (at = text.find(python, at)) != std::string::npos; at += json.size())
      text.replace(at, python.size(), json);
  }
  return text;
}

Value dictionary_of(const Table& table, const std::string& text, std::size_t row) {
  try {
    Value value = json_value(as_json(text), table.source());
    if (value.table()) return value;
  } catch (const InputError&) {
  }
  throw InputError(table.location(row), "'metrics' is no dictionary: " + text.substr(0, 40));
}

}  // namespace

Table with_metric_columns(Table table) {
  const Column* column = table.find(kColumn);
  if (!column || column->is_number()) return table;
  const auto& texts = std::get<std::vector<std::string>>(column->values);
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> numbers;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    if (trimmed(texts[row]).empty()) continue;
    const Value dictionary = dictionary_of(table, texts[row], row);
    for (const Member& member : *dictionary.table()) {
      const std::optional<double> number = member.value.number();
      if (!number) continue;
      const auto [cells, is_new] = numbers.try_emplace(member.key, texts.size(), kNaN);
      if (is_new) order.push_back(member.key);
      cells->second[row] = *number;
    }
  }
  for (const std::string& key : order) {
    if (!table.has(key)) table.add({key, std::move(numbers[key])});
  }
  return table;
}

}  // namespace rung::decide
