#include <algorithm>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/weighing.hpp"
#include "rung/study/table/column_words.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {
namespace {

bool constant(const Points& points, std::size_t input) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points.input(input, i) != points.input(input, 0)) return false;
  }
  return true;
}

std::string group_words(const std::string& label) {
  return label.empty() ? "" : "group '" + label + "': ";
}

void check_sample(const Prepared& prepared, const Sample& sample, std::vector<Problem>& problems) {
  const Law& law = *prepared.law;
  const std::size_t n = n_weighing(sample.points), free = n_free_of(prepared);
  const auto complain = [&](const std::string& message, const std::string& hint) {
    problems.push_back({{prepared.table.source()}, group_words(sample.label) + message, hint});
  };
  const bool prior = any_prior(prepared.constraints);
  if (n == 0) {
    complain("all weights are 0", "a row of weight 0 counts nowhere");
    return;
  }
  if (n < free && !prior) {
    complain("only " + std::to_string(n) + (n == 1 ? " row" : " rows") + " for the " +
                 std::to_string(free) + " parameters of '" + law.info.name + "'",
             sample.label.empty()
                 ? "add rows, hold parameters with --fix, or take a law with fewer"
                 : "leave the group out with --where, hold parameters with --fix, or share them "
                   "among the groups with --share");
    return;
  }
  const bool constrained = free < law.info.parameters.size() || prior;
  for (std::size_t k = 0; k < law.info.inputs.size() && !constrained; ++k) {
    if (!constant(sample.points, k)) continue;
    complain(shown_expression(expression_of(prepared.x, law.info.inputs[k].name)) + " is " +
                 shortest(sample.points.input(k, 0)) + " in all " +
                 std::to_string(sample.points.size()) +
                 " rows, so its parameters can't be determined",
             "add rows where it differs, hold its parameters with --fix, or take a law without it");
  }
  const AlignedArray& y = sample.points.y();
  const std::size_t n_rows = sample.points.size();
  if (std::all_of(y.data(), y.data() + n_rows, [&](double value) { return value == y[0]; }) &&
      n_rows > 1)
    complain(shown_expression(prepared.y) + " is " + shortest(y[0]) + " in all " +
                 std::to_string(n_rows) + " rows",
             "is it the right column? (--y)");
}

}  // namespace

std::size_t n_free_of(const Prepared& prepared) {
  std::set<std::string> fixed;
  for (const Constraint& constraint : prepared.constraints) {
    if (constraint.fixed || !constraint.tied_to.empty()) fixed.insert(constraint.parameter);
  }
  return prepared.law->info.parameters.size() - fixed.size();
}

void check_determined(const Prepared& prepared) {
  std::vector<Problem> problems;
  for (const Sample& sample : prepared.samples) check_sample(prepared, sample, problems);
  if (!problems.empty()) throw InputError(problems);
}

}  // namespace rung::table
