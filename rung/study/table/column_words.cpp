#include "rung/study/table/column_words.hpp"

#include <algorithm>

#include "rung/data/select.hpp"

namespace rung::table {
namespace {

Mapping::const_iterator entry_of(const Mapping& x, const std::string& input) {
  return std::find_if(x.begin(), x.end(), [&](const auto& entry) { return entry.first == input; });
}

bool takes_an_earlier_entry(const Mapping& x, Mapping::const_iterator entry) {
  const std::vector<std::string> names = names_in(entry->second);
  return std::any_of(x.begin(), entry, [&](const auto& earlier) {
    return std::find(names.begin(), names.end(), earlier.first) != names.end();
  });
}

}  // namespace

Table with_input_columns(Table table, Mapping x, const Law& law) {
  std::vector<std::string> inputs;
  for (const InputInfo& input : law.info.inputs) inputs.push_back(input.name);
  for (const std::string& input : inputs) {
    const bool given = entry_of(x, input) != x.end();
    // The column of that name, which may hold numbers as text.
    if (!given && table.has(input) && !table.find(input)->is_number())
      x.emplace_back(input, parse_expression(quoted_if_needed(input), table.source()));
  }
  inputs.push_back("C");  // of which budgets are, also where the law goes without
  return with_columns(std::move(table), x, inputs);
}

std::string expression_of(const Mapping& x, const std::string& input) {
  const auto found = entry_of(x, input);
  if (found == x.end()) return quoted_if_needed(input);
  const Span span = found->second.root.span;
  return found->second.text.substr(span.begin, span.end - span.begin);
}

std::string in_quotes(const std::string& expression) {
  // Within "…" a shell would run what stands in backticks.
  const char quote = expression.find('`') == std::string::npos ? '"' : '\'';
  return quote + expression + quote;
}

std::string where_hint(const Mapping& x, const std::string& input, const std::string& condition) {
  const auto found = entry_of(x, input);
  if (found != x.end() && takes_an_earlier_entry(x, found))
    return "leave such rows out with --where";
  return "leave such rows out: --where " + in_quotes(expression_of(x, input) + condition);
}

}  // namespace rung::table
