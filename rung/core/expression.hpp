#pragma once
/// Formulas and conditions as text, to a tree: "E + A/N^alpha", "loss < 4 and dataset = 'c4'". What
/// a name stands for, and values, are for the rooms above: rung/data/select.hpp over a table's
/// columns, formula laws over inputs and parameters.
///
///   or · and · not · < <= > >= = == != · in (…) · is [not] missing · + - · * / · unary - · ^ **
///
/// from loosest to tightest. ^ binds to the right and tighter than a minus before it: -x^2 is
/// -(x^2). Words like `and` may be capital, && || ! do as well. Names are plain words
/// (letters, digits, _ and .) or anything in `…` or "…"; texts are in '…'; true is 1, false 0.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rung/core/expression_tokens.hpp"

namespace rung {

enum class Op {
  number,  // ExpressionNode::number; ExpressionNode::text is "7B" where it was written so
  text,    // ExpressionNode::text
  name,    // ExpressionNode::text
  // one operand
  negate,
  logical_not,
  is_missing,
  log,  // natural; ln is the same
  log2,
  log10,
  log1p,  // log(1 + x)
  exp,
  expm1,  // exp(x) - 1
  sqrt,
  abs,
  round,  // halves away from 0
  floor,
  ceil,
  sin,
  cos,
  atan,
  tanh,
  sigmoid,   // 1 / (1 + exp(-x))
  softplus,  // log(1 + exp(x))
  // two operands
  add,
  subtract,
  multiply,
  divide,
  power,  // also pow(x, y)
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
  // two or more operands
  min,
  max,
  in,  // is the first among the others?
};

struct ExpressionNode {
  Op op = Op::number;
  double number = 0;
  std::string text = {};
  std::vector<ExpressionNode> operands = {};
  Span span = {};  // in Expression::text
};

struct Expression {
  std::string text;    // as the user wrote it, perhaps among others (parse_mapping)
  std::string source;  // where it came from, for errors: "--where"
  ExpressionNode root;

  /// A problem that points at `node`, a node of this expression.
  Problem problem(const ExpressionNode& node, const std::string& message,
                  std::string hint = "") const;
};

/// InputError with the expression, a caret under the wrong place and a hint. At most 8,000 bytes,
/// nested at most 200 deep, so that whoever walks over the tree may recurse.
Expression parse_expression(std::string_view text, const std::string& source = "");

/// Named expressions, in order.
using Mapping = std::vector<std::pair<std::string, Expression>>;

/// "N=params, D=C/(6*N)". An expression without a name has its own text as name: "loss" is loss,
/// "log(loss)" is log(loss). InputError as above, and for two of one name.
Mapping parse_mapping(std::string_view text, const std::string& source = "");

/// The names in it, each once, in order of appearance.
std::vector<std::string> names_in(const Expression& expression);

/// The names that a mapping takes from outside: not those that an earlier entry made.
std::vector<std::string> names_in(const Mapping& mapping);

/// The tree as text that parses to the same tree, every operation in parentheses: "(a + (b ^ 2))".
std::string to_text(const ExpressionNode& node);

}  // namespace rung
