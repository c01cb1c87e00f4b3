#include "rung/study/table/column_checks.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "rung/core/text.hpp"
#include "rung/data/run_log.hpp"
#include "rung/study/table/column_words.hpp"

namespace rung::table {
namespace {

/// What values of a column must be, and what is said of one that is not.
struct Rule {
  bool (*holds)(double value);
  std::string message, hint = {};
};

/// Complains of a column's values that break the rule, once, at the first of them. `called`: what
/// the message calls the column.
void check_column(const Table& table, const char* column, const std::string& called,
                  const Rule& rule, std::vector<Problem>& problems) {
  const std::vector<double>& values = table.numbers(column);
  std::size_t n = 0, first = 0;
  for (std::size_t i = values.size(); i-- > 0;) {
    if (!rule.holds(values[i])) ++n, first = i;
  }
  if (n == 0) return;
  problems.push_back({table.location(first),
                      called + " is " + shortest(values[first]) + rule.message +
                          (n > 1 ? ", so in " + std::to_string(n) + " rows" : ""),
                      rule.hint});
}

/// What all laws that have such an input mean by it.
struct Kind {
  std::string input, known_name, words;
};
const Kind kKinds[] = {{"N", "n_params", "parameters"},
                       {"D", "n_tokens", "training tokens"},
                       {"C", "total_flops", "training FLOPs"}};

/// What a column holds, by its name; null: that is not known.
const Kind* kind_of(const std::string& column) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) {
    return column == kind.input || known_name(column).starts_with(kind.known_name);
  });
  return found == std::end(kKinds) ? nullptr : found;
}

/// A percentage as a share.
std::string percent_words(const std::string& y) {
  const Op op = parse_expression(y).root.op;
  const bool is_one = op == Op::name || op == Op::multiply || op == Op::divide;
  return in_quotes((is_one ? y : "(" + y + ")") + " / 100");
}

Rule finite_rule(std::string hint = "") {
  return {[](double v) { return std::isfinite(v); }, ", which is too large to compute with",
          std::move(hint)};
}

}  // namespace

void check_inputs(const Table& table, const Law& law, const Mapping& x, bool has_where,
                  std::vector<Problem>& problems) {
  for (const InputInfo& input : law.info.inputs) {
    const char* const name = input.name.c_str();
    const std::string called = shown_expression(expression_of(x, input.name));
    check_column(table, name, called, finite_rule("give it in another unit"), problems);
    if (input.positive)
      check_column(table, name, called,
                   {[](double v) { return v > 0; }, ", but the law needs it positive",
                    has_where ? where_hint(x, input.name, " > 0") : "leave such rows out"},
                   problems);
  }
}

std::vector<std::string> doubts_of_names(const Mapping& x) {
  std::vector<std::string> doubts;
  for (const auto& [input, expression] : x) {
    if (expression.root.op != Op::name) continue;
    const Kind* const meant = kind_of(expression.root.text);
    const bool is_kind =
        std::any_of(std::begin(kKinds), std::end(kKinds),
                    [&, &input = input](const Kind& kind) { return kind.input == input; });
    if (is_kind && meant && meant->input != input)
      doubts.push_back("--x takes " + input + " from '" + expression.root.text +
                       "', by its name the " + meant->words + ", which are " + meant->input +
                       ": are the inputs swapped?");
  }
  return doubts;
}

void check_observations(const Table& table, Residual residual, const std::string& y,
                        std::vector<Problem>& problems) {
  const std::string called = shown_expression(y);
  check_column(table, kY, called, finite_rule(), problems);
  if (residual == Residual::log)
    check_column(table, kY, called,
                 {[](double v) { return v > 0; }, " and has no logarithm",
                  "fit with --residual raw, or leave such rows out with --where"},
                 problems);
  if (residual == Residual::logit)
    check_column(
        table, kY, called,
        {[](double v) { return v > 0 && v < 1; },
         " and has no logit, which needs values between 0 and 1", "fit with --residual raw"},
        problems);
  if (table.has(kQuestions)) {
    check_column(table, kY, called,
                 {[](double v) { return v >= 0 && v <= 1; },
                  ", which is no share of questions: those lie between 0 and 1",
                  "percentages are shares by --y " + percent_words(y)},
                 problems);
    check_column(
        table, kQuestions, "the number of questions",
        {[](double v) { return v >= 1 && std::isfinite(v); }, ", but it has to be 1 or more"},
        problems);
  }
  if (table.has(kWeights))
    check_column(table, kWeights, "the weight",
                 {[](double v) { return v >= 0 && std::isfinite(v); },
                  ", but weights are finite and not negative"},
                 problems);
}

}  // namespace rung::table
