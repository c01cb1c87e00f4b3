#include "rung/core/expression.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "rung/core/expression_grammar.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

using namespace grammar;
using Kind = Token::Kind;
using Node = ExpressionNode;

constexpr int kDeepestFormula = 200;

std::string function_names() {
  std::string names;
  for (const Function& function : kFunctions) {
    names += (names.empty() ? "" : ", ") + std::string(function.name);
  }
  return names;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& source)
      : text_(text), source_(source), tokens_(expression_tokens(text, source)) {}

  Node whole() {
    Node node = disjunction();
    if (token().kind != Kind::end) fail_at_operator();
    return node;
  }

  Mapping mapping() {
    Mapping entries;
    do {
      entries.push_back(entry(entries));
    } while (take(","));
    if (token().kind != Kind::end) fail_at_operator();
    return entries;
  }

 private:
  const Token& token(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const {
    return token(ahead).kind == Kind::symbol && token(ahead).text == symbol;
  }
  bool is_word(std::string_view word, std::size_t ahead = 0) const {
    return token(ahead).kind == Kind::word && lower_case(token(ahead).text) == word;
  }
  bool take(std::string_view symbol) {
    const bool found = is_symbol(symbol);
    if (found) ++next_;
    return found;
  }
  bool take_word(std::string_view word) {
    const bool found = is_word(word);
    if (found) ++next_;
    return found;
  }
  template <std::size_t n>
  std::optional<Op> take_one_of(const std::array<Operator, n>& operators) {
    for (const Operator& candidate : operators) {
      if (take(candidate.symbol)) return candidate.op;
    }
    return std::nullopt;
  }

  std::pair<std::string, Expression> entry(const Mapping& before) {
    const std::size_t begin = token().span.begin;
    const Span name_span = token().span;
    std::string name;
    const bool named =
        (token().kind == Kind::word || token().kind == Kind::quoted_name) && is_symbol("=", 1);
    if (named) {
      name = token().text;
      next_ += 2;
    }
    Node node = disjunction();
    if (!named) {
      const std::size_t end = tokens_[next_ - 1].span.end;
      name = node.op == Op::name ? node.text : std::string(text_.substr(begin, end - begin));
    }
    for (const auto& [other, expression] : before) {
      if (other == name) fail(name_span, "'" + name + "' is given twice");
    }
    return {std::move(name), Expression{std::string(text_), source_, std::move(node)}};
  }

  Node disjunction() {
    Node node = conjunction();
    while (take_word("or")) node = joined(Op::logical_or, std::move(node), conjunction());
    return node;
  }

  Node conjunction() {
    Node node = negation();
    while (take_word("and")) node = joined(Op::logical_and, std::move(node), negation());
    return node;
  }

  Node negation() {
    const std::size_t begin = token().span.begin;
    int n_nots = 0;
    while (take_word("not")) ++n_nots;
    Node node = comparison();
    // A second one takes back the first, but for making a number true or false.
    for (int i = 0; i < (n_nots > 2 ? 2 - n_nots % 2 : n_nots); ++i) {
      node = with_operands(Op::logical_not, begin, {std::move(node)});
    }
    return node;
  }

  Node comparison() {
    Node node = sum();
    const std::size_t begin = node.span.begin;
    if (const auto op = take_one_of(kComparisons)) {
      node = joined(*op, std::move(node), sum());
      const Token& next = token();
      if (take_one_of(kComparisons)) {
        fail(next.span, "comparisons can't be chained", "write 1 < x and x < 4");
      }
    } else if (is_word("in") || (is_word("not") && is_word("in", 1))) {
      const bool negated = take_word("not");
      ++next_;
      node = list(Op::in, std::move(node));
      if (negated) node = with_operands(Op::logical_not, begin, {std::move(node)});
    } else if (take_word("is")) {
      const bool negated = take_word("not");
      if (!is_word("missing")) {
        fail(token().span, "after 'is' goes 'missing'", "to compare, write = or !=");
      }
      ++next_;
      node = with_operands(Op::is_missing, begin, {std::move(node)});
      if (negated) node = with_operands(Op::logical_not, begin, {std::move(node)});
    }
    return node;
  }

  Node sum() {
    Node node = product();
    while (const auto op = take_one_of(kSums)) node = joined(*op, std::move(node), product());
    return node;
  }

  Node product() {
    Node node = signed_power();
    while (const auto op = take_one_of(kProducts)) {
      node = joined(*op, std::move(node), signed_power());
    }
    return node;
  }

  /// Every way to nest leads through here.
  Node signed_power() {
    if (++n_nested_ > kDeepestFormula) fail(token().span, "this is nested too deep");
    const std::size_t begin = token().span.begin;
    bool negative = false;
    while (is_symbol("-") || is_symbol("+")) {
      negative ^= is_symbol("-");
      ++next_;
    }
    Node node = primary();
    if (take_one_of(kPowers)) node = joined(Op::power, std::move(node), signed_power());
    if (negative) node = with_operands(Op::negate, begin, {std::move(node)});
    --n_nested_;
    return node;
  }

  Node primary() {
    const Token& first = token();
    if (is_symbol("(")) return parenthesised();
    if (first.kind == Kind::end || first.kind == Kind::symbol || is_reserved(first)) {
      fail_at_value();
    }
    if (first.kind == Kind::word && is_symbol("(", 1)) return call();
    ++next_;
    if (first.kind == Kind::word &&
        (lower_case(first.text) == "true" || lower_case(first.text) == "false")) {
      return {Op::number, lower_case(first.text) == "true" ? 1.0 : 0.0, "", {}, first.span};
    }
    const Op op = first.kind == Kind::number ? Op::number
                  : first.kind == Kind::text ? Op::text
                                             : Op::name;
    const bool has_text = op != Op::number || first.is_quantity;
    return {op, first.number, has_text ? first.text : "", {}, first.span};
  }

  static bool is_reserved(const Token& token) {
    if (token.kind != Kind::word) return false;
    const std::string word = lower_case(token.text);
    return word == "and" || word == "or" || word == "not" || word == "in" || word == "is";
  }

  Node parenthesised() {
    const Span open = token().span;
    ++next_;
    Node node = disjunction();
    close(open);
    node.span = {open.begin, tokens_[next_ - 1].span.end};
    return node;
  }

  Node call() {
    const Token& name = token();
    const auto function =
        std::find_if(kFunctions.begin(), kFunctions.end(),
                     [&](const Function& known) { return known.name == lower_case(name.text); });
    if (function == kFunctions.end()) fail_at_function(name);
    ++next_;
    Node node = list(function->op, std::nullopt);
    node.span.begin = name.span.begin;
    const std::size_t n = node.operands.size();
    if (n < function->n_least || n > function->n_most) {
      fail(node.span, std::string(function->name) + " takes " +
                          (function->n_most == kAnyCount ? "two or more values"
                           : function->n_least == 1      ? "one value"
                                                         : "two values") +
                          ", not " + std::to_string(n));
    }
    return node;
  }

  /// "(a, b, …)", after `first` when there is one.
  Node list(Op op, std::optional<Node> first) {
    const Span open = token().span;
    Node node{op};
    node.span = first ? first->span : open;
    if (!take("(")) fail(open, "a list in parentheses goes here", "write in ('a', 'b')");
    if (first) node.operands.push_back(std::move(*first));
    do {
      node.operands.push_back(disjunction());
    } while (take(","));
    close(open);
    node.span.end = tokens_[next_ - 1].span.end;
    return node;
  }

  void close(Span open) {
    if (take(")")) return;
    if (token().kind == Kind::end) fail(open, "this '(' never closes");
    fail_at_operator();
  }

  Node joined(Op op, Node left, Node right) {
    Node node{op};
    node.span = {left.span.begin, right.span.end};
    node.operands.push_back(std::move(left));
    node.operands.push_back(std::move(right));
    return node;
  }

  Node with_operands(Op op, std::size_t begin, std::vector<Node> operands) const {
    return {op, 0, "", std::move(operands), {begin, tokens_[next_ - 1].span.end}};
  }

  [[noreturn]] void fail_at_value() const {
    const std::string after = next_ == 0 ? "" : " after '" + spelled(tokens_[next_ - 1].span) + "'";
    const bool reserved = is_reserved(token());
    fail(token().span,
         token().kind == Kind::end && next_ == 0 ? "the expression is empty"
         : token().kind == Kind::end
             ? "a value is missing" + after
             : "a value goes here" + after + ", not '" + spelled(token().span) + "'",
         reserved ? "a name goes into backticks: `" + token().text + "`" : "");
  }

  [[noreturn]] void fail_at_operator() const {
    if (is_symbol(")")) fail(token().span, "this ')' closes nothing");
    if (is_symbol(",")) fail(token().span, "this ',' stands in no list");
    const Token& before = tokens_[next_ - 1];
    const bool names = token().kind == Kind::word || token().kind == Kind::quoted_name;
    fail(token().span,
         "an operator goes between '" + spelled(before.span) + "' and '" + spelled(token().span) +
             "'",
         is_symbol("(") || before.kind == Kind::number ? "to multiply, write *"
         : names                                       ? "a name with blanks goes into backticks"
                                                       : "");
  }

  [[noreturn]] void fail_at_function(const Token& name) const {
    std::vector<std::string> known;
    for (const Function& function : kFunctions) known.emplace_back(function.name);
    std::string hint = did_you_mean(lower_case(name.text), known);
    if (hint.empty()) hint = "to multiply, write *; functions are " + function_names();
    fail(name.span, "there is no function '" + name.text + "'", std::move(hint));
  }

  std::string spelled(Span span) const {
    return std::string(text_.substr(span.begin, span.end - span.begin));
  }

  [[noreturn]] void fail(Span span, const std::string& message, std::string hint = "") const {
    throw InputError({expression_problem(text_, span, source_, message, std::move(hint))});
  }

  std::string_view text_;
  const std::string& source_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int n_nested_ = 0;
};

void require_reasonable_size(std::string_view text, const std::string& source) {
  if (text.size() > kMostBytes) {
    throw InputError(Location{source}, "an expression of " + std::to_string(text.size()) +
                                           " bytes is too long; at most " +
                                           std::to_string(kMostBytes));
  }
}

}  // namespace

Problem Expression::problem(const ExpressionNode& node, const std::string& message,
                            std::string hint) const {
  return expression_problem(text, node.span, source, message, std::move(hint));
}

Expression parse_expression(std::string_view text, const std::string& source) {
  require_reasonable_size(text, source);
  return {std::string(text), source, Parser(text, source).whole()};
}

Mapping parse_mapping(std::string_view text, const std::string& source) {
  require_reasonable_size(text, source);
  return Parser(text, source).mapping();
}

}  // namespace rung
