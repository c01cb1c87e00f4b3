#include "rung/study/table/column_checks.hpp"

#include <cmath>

#include "rung/core/text.hpp"

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

Rule finite_rule(std::string hint = "") {
  return {[](double v) { return std::isfinite(v); }, ", which is too large to compute with",
          std::move(hint)};
}

}  // namespace

void check_inputs(const Table& table, const Law& law, const std::string& where,
                  std::vector<Problem>& problems) {
  for (const InputInfo& input : law.info.inputs) {
    const std::string& name = input.name;
    check_column(table, name.c_str(), name, finite_rule("give it in another unit"), problems);
    if (input.positive)
      check_column(
          table, name.c_str(), name,
          {[](double v) { return v > 0; }, ", but the law needs it positive",
           "leave such rows out" + (where.empty() ? "" : ": " + where + " \"" + name + " > 0\"")},
          problems);
  }
}

void check_observations(const Table& table, Residual residual, std::vector<Problem>& problems) {
  check_column(table, kY, "y", finite_rule(), problems);
  if (residual == Residual::log)
    check_column(table, kY, "y",
                 {[](double v) { return v > 0; }, " and has no logarithm",
                  "fit with --residual raw, or leave such rows out with --where"},
                 problems);
  if (residual == Residual::logit)
    check_column(
        table, kY, "y",
        {[](double v) { return v > 0 && v < 1; },
         " and has no logit, which needs values between 0 and 1", "fit with --residual raw"},
        problems);
  if (table.has(kQuestions)) {
    check_column(table, kY, "y",
                 {[](double v) { return v >= 0 && v <= 1; },
                  ", which is no share of questions: those lie between 0 and 1",
                  "percentages are shares by --y \"accuracy / 100\""},
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
