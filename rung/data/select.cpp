#include "rung/data/select.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/text_column.hpp"

namespace rung {
namespace {

using Node = ExpressionNode;
using Numbers = std::vector<double>;

/// The text column that an expression is, if it is no more than one.
std::optional<Column> text_column_of(const std::string& name, const Expression& expression,
                                     const Table& table) {
  const Node& root = expression.root;
  if (root.op == Op::text) return Column{name, Texts(table.n_rows(), root.text)};
  const Column* const column = root.op == Op::name ? table.find(root.text) : nullptr;
  if (!column || column->is_number()) return std::nullopt;
  return Column{name, column->values};
}

/// "C = 0, N = 5": what a value was computed from.
std::string values_in_row(const std::vector<const Column*>& inputs, std::size_t row) {
  std::vector<std::string> parts;
  for (const Column* input : inputs) {
    parts.push_back(input->name + " = " +
                    (input->is_number() ? shortest(std::get<Numbers>(input->values)[row])
                                        : "'" + std::get<Texts>(input->values)[row] + "'"));
  }
  return join(parts, ", ");
}

bool is_missing(const Column& column, std::size_t row) {
  return column.is_number() ? std::isnan(std::get<Numbers>(column.values)[row])
                            : is_missing_word(trimmed(std::get<Texts>(column.values)[row]));
}

void require_finite(const Numbers& values, const Expression& expression, const std::string& name,
                    const Table& table) {
  std::vector<const Column*> inputs;
  for (const std::string& input : names_in(expression)) inputs.push_back(table.find(input));
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row])) continue;
    const bool has_missing = std::any_of(inputs.begin(), inputs.end(), [row](const Column* input) {
      return is_missing(*input, row);
    });
    if (has_missing) continue;
    if (problems.size() == kMostProblems) {
      ++n_more;
      continue;
    }
    problems.push_back({table.location(row),
                        name + " is not a finite number" +
                            (inputs.empty() ? "" : " where " + values_in_row(inputs, row)),
                        problems.empty() ? "a condition can leave such rows out" : ""});
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
}

Column rows_of(const Column& column, std::span<const std::size_t> rows) {
  return std::visit(
      [&](const auto& cells) {
        std::remove_cvref_t<decltype(cells)> chosen;
        chosen.reserve(rows.size());
        for (const std::size_t row : rows) chosen.push_back(cells[row]);
        return Column{column.name, std::move(chosen)};
      },
      column.values);
}

/// The first name in it that is not known; null without.
const Node* unknown_name(const Node& node, const std::vector<std::string>& known) {
  if (node.op == Op::name && !contains(known, node.text)) return &node;
  for (const Node& operand : node.operands) {
    if (const Node* const found = unknown_name(operand, known)) return found;
  }
  return nullptr;
}

}  // namespace

void require_quantities(const Mapping& mapping, const Table& table) {
  std::vector<std::string> known = table.column_names();
  for (const auto& [name, expression] : mapping) {
    if (const Node* const unknown = unknown_name(expression.root, known))
      throw InputError(std::vector<Problem>{expression.problem(
          *unknown, "'" + unknown->text + "' is no quantity", "write a number, as 7e9 or 7B")});
    known.push_back(name);
  }
}

Table with_columns(Table table, const Mapping& mapping, std::span<const std::string> numbers) {
  for (const auto& [name, expression] : mapping) {
    const bool is_number = std::find(numbers.begin(), numbers.end(), name) != numbers.end();
    std::optional<Column> text = text_column_of(name, expression, table);
    if (text && !is_number) {
      table.set(std::move(*text));
      continue;
    }
    Numbers values = evaluate(expression, table);
    require_finite(values, expression, name, table);
    table.set({name, std::move(values)});
  }
  return table;
}

Table with_columns(Table table, const Mapping& mapping) {
  return with_columns(std::move(table), mapping, {});
}

Table with_columns(Table table, std::string_view mapping) {
  return with_columns(std::move(table), parse_mapping(mapping));
}

Table where(const Table& table, const Expression& condition) {
  const Numbers truth = evaluate(condition, table);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    if (truth[row] != 0 && !std::isnan(truth[row])) rows.push_back(row);
  }
  return select_rows(table, rows);
}

Table where(const Table& table, std::string_view condition) {
  return where(table, parse_expression(condition));
}

Table select_rows(const Table& table, std::span<const std::size_t> rows) {
  Table chosen(table.source());
  for (const Column& column : table.columns()) chosen.add(rows_of(column, rows));
  chosen.set_places_of(table, rows);
  return chosen;
}

}  // namespace rung
