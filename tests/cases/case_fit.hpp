#pragma once
/// Fits of the small tables in shared/cases, each of which once came out wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rung/data/reader/read_table.hpp"
#include "rung/fit/fit.hpp"
#include "rung/law/formula.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {

/// A law by its name or a formula, the columns that its inputs are in, and how to fit it.
struct CaseFit {
  const char* file;
  std::string law;
  std::vector<std::pair<std::string, std::string>> inputs;  // name, column
  const char* y = "loss";
  FitOptions options{};
};

struct FittedCase {
  std::shared_ptr<const Law> law;
  Points points{1, 1};
  Fit fit;

  double at(std::vector<double> inputs) const { return predict(*law, fit.theta, inputs); }
};

/// Skips the test where the tables are not there.
#define RUNG_NEED_CASES() \
  if (!shared_path("cases")) GTEST_SKIP() << "no shared/cases"

inline FittedCase fitted(const CaseFit& given) {
  const Table table = read_table((*shared_path("cases") / given.file).string());
  FittedCase result;
  std::vector<std::string> names;
  for (const auto& [name, column] : given.inputs) names.push_back(name);
  if (given.law.find_first_of("+*/^(") == std::string::npos) {
    result.law = {std::shared_ptr<const void>(), &find_law(given.law)};
  } else {
    FormulaOptions known;
    for (const Constraint& constraint : given.options.constraints)
      known.parameters.push_back({.name = constraint.parameter,
                                  .lower = constraint.lower,
                                  .upper = constraint.upper,
                                  .start = constraint.start});
    result.law = std::make_shared<const Law>(formula_law(given.law, names, known));
  }
  std::vector<std::vector<double>> columns;
  for (const InputInfo& input : result.law->info.inputs) {
    for (const auto& [name, column] : given.inputs) {
      if (name == input.name) columns.push_back(table.numbers(column));
    }
  }
  result.points = Points::from_columns(columns, table.numbers(given.y));
  result.fit = fit(*result.law, result.points, given.options);
  return result;
}

}  // namespace rung
