// What is read off an expression's tree: the names in it, and the text that it is written as.
#include <algorithm>
#include <utility>

#include "rung/core/expression.hpp"
#include "rung/core/expression_grammar.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

using namespace grammar;
using Node = ExpressionNode;

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add_names(std::vector<std::string>& names, const Node& node) {
  if (node.op == Op::name) add_name(names, node.text);
  for (const Node& operand : node.operands) add_names(names, operand);
}

std::string quoted_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

/// A plain word that the language reads as something else needs quotes as well.
std::string name_text(const std::string& name) {
  constexpr std::array<std::string_view, 7> kTaken = {"and", "or",   "not",  "in",
                                                      "is",  "true", "false"};
  const bool taken = std::find(kTaken.begin(), kTaken.end(), lower_case(name)) != kTaken.end();
  return taken ? "`" + name + "`" : quoted_if_needed(name);
}

std::string_view symbol_of(Op op) {
  if (op == Op::logical_and) return "and";
  if (op == Op::logical_or) return "or";
  if (op == Op::power) return "^";
  for (const auto& [symbol, candidate] : kSums) {
    if (candidate == op) return symbol;
  }
  for (const auto& [symbol, candidate] : kProducts) {
    if (candidate == op) return symbol;
  }
  for (const auto& [symbol, candidate] : kComparisons) {
    if (candidate == op) return symbol;
  }
  return "";
}

}  // namespace

std::vector<std::string> names_in(const Expression& expression) {
  std::vector<std::string> names;
  add_names(names, expression.root);
  return names;
}

std::vector<std::string> names_in(const Mapping& mapping) {
  std::vector<std::string> outer;
  std::vector<std::string> made;
  for (const auto& [name, expression] : mapping) {
    for (const std::string& used : names_in(expression)) {
      if (std::find(made.begin(), made.end(), used) == made.end()) add_name(outer, used);
    }
    made.push_back(name);
  }
  return outer;
}

std::string to_text(const ExpressionNode& node) {
  if (node.op == Op::number) return shortest(node.number);
  if (node.op == Op::text) return quoted_text(node.text);
  if (node.op == Op::name) return name_text(node.text);
  std::vector<std::string> operands;
  for (const Node& operand : node.operands) operands.push_back(to_text(operand));
  if (node.op == Op::negate) return "(-" + operands[0] + ")";
  if (node.op == Op::logical_not) return "(not " + operands[0] + ")";
  if (node.op == Op::in) {
    const std::string first = std::move(operands.front());
    operands.erase(operands.begin());
    return "(" + first + " in (" + join(operands, ", ") + "))";
  }
  if (const std::string_view symbol = symbol_of(node.op); !symbol.empty()) {
    return "(" + join(operands, " " + std::string(symbol) + " ") + ")";
  }
  const auto function = std::find_if(kFunctions.begin(), kFunctions.end(),
                                     [&](const Function& known) { return known.op == node.op; });
  return std::string(function->name) + "(" + join(operands, ", ") + ")";
}

}  // namespace rung
