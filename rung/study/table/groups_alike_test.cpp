#include "rung/study/table/groups_alike.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace rung::table {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Two groups of one power law, the second with an exponent of its own.
Table two_groups(double exponent_of_second, std::size_t n = 12) {
  Table table("groups.csv");
  std::vector<double> x, y;
  std::vector<std::string> mix;
  for (std::size_t i = 0; i < 2 * n; ++i) {
    const bool second = i >= n;
    const double at = std::pow(10, static_cast<double>(i % n) / 4);
    const double off = 0.01 * std::sin(7.0 * static_cast<double>(i * i));
    x.push_back(at);
    y.push_back((second ? 3 : 2) * std::pow(at, second ? exponent_of_second : -0.3) *
                std::exp(off));
    mix.push_back(second ? "b" : "a");
  }
  table.add({"N", x});
  table.add({"loss", y});
  table.add({"mix", mix});
  return table;
}

SharedFit shared(const Table& table, const char* loss, const SharedOptions& options) {
  Request request;
  request.formula = "A*N^alpha";
  request.x = "N=N";
  request.residual = Residual::log;
  request.loss = parse_loss(loss);
  request.group_by = {"mix"};
  return fit_shared(prepare(table, request), request, options, {});
}

const char* const kLosses[] = {"squared", "huber:0.001", "lad"};

TEST(GroupsAlike, ASharedExponentThatGroupsDoNotHaveIsADoubt) {
  for (const char* loss : kLosses) {
    const SharedFit fit = shared(two_groups(-0.2), loss, {.shared = {"alpha"}});
    EXPECT_THAT(fit.group.fitted.doubts, Contains(HasSubstr("groups differ by more"))) << loss;
    for (const SharedGroup& group : fit.groups)
      EXPECT_THAT(group.alone.doubts, Contains(HasSubstr("groups differ by more"))) << loss;
  }
}

TEST(GroupsAlike, OneThatTheyHaveIsNone) {
  for (const char* loss : kLosses) {
    const SharedFit fit = shared(two_groups(-0.3), loss, {.shared = {"alpha"}});
    EXPECT_THAT(fit.group.fitted.doubts, Not(Contains(HasSubstr("groups differ")))) << loss;
  }
}

TEST(GroupsAlike, AMultiplierOfOtherExponentsIsADoubt) {
  const SharedFit differ = shared(two_groups(-0.2), "squared", {.multipliers = {"N"}});
  EXPECT_THAT(differ.group.notes, Contains(HasSubstr("groups differ by more")));
  const SharedFit alike = shared(two_groups(-0.3), "squared", {.multipliers = {"N"}});
  EXPECT_THAT(alike.group.notes, Not(Contains(HasSubstr("groups differ"))));
}

/// Six runs of each group, at their own height: as rows they would say that groups differ.
TEST(GroupsAlike, RowsOfOneRunAreNotCountedOneByOne) {
  Table table("runs.csv");
  std::vector<double> x, y;
  std::vector<std::string> group, run;
  for (int i = 0; i < 96; ++i) {
    const int of_run = i / 8;
    x.push_back(std::pow(10, (i % 8) / 4.0));
    y.push_back(2 * std::pow(x.back(), -0.3) *
                std::exp(0.1 * std::sin(5.0 * of_run) + (of_run < 6 ? 0.04 : -0.04)) *
                std::exp(0.001 * std::sin(7.0 * i * i)));
    group.emplace_back(of_run < 6 ? "a" : "b");
    run.push_back("r" + std::to_string(of_run));
  }
  table.add({"N", x});
  table.add({"loss", y});
  table.add({"mix", group});
  table.add({"run", run});
  Request request;
  request.formula = "A*N^alpha";
  request.x = "N=N";
  request.residual = Residual::log;
  request.group_by = {"mix"};
  const Prepared prepared = prepare(table, request);
  UncertaintyOptions options;
  const auto doubts = [&] {
    return fit_shared(prepared, request, {.shared = {"A"}}, options).group.fitted.doubts;
  };
  EXPECT_THAT(doubts(), Contains(HasSubstr("groups differ")));
  options.sandwich = true;
  options.cluster_column = "run";
  EXPECT_THAT(doubts(), Not(Contains(HasSubstr("groups differ"))));
}

/// By least squares in a law that is linear in its parameters the test is the textbook's.
TEST(GroupsAlike, TheChanceIsThatOfTheFTest) {
  Table table("lines.csv");
  const std::vector<double> x{1, 2, 3, 4, 1, 2, 3, 4}, y{1.1, 1.9, 3.2, 3.9, 1.8, 3.3, 4.1, 5.9};
  table.add({"x", x});
  table.add({"y", y});
  table.add({"g", std::vector<std::string>{"a", "a", "a", "a", "b", "b", "b", "b"}});
  Request request;
  request.formula = "a + b*x";
  request.x = "x=x";
  request.y = "y";
  request.group_by = {"g"};
  const Prepared prepared = prepare(table, request);
  const SharedFit fit = fit_shared(prepared, request, {.shared = {"a"}}, {});
  // numpy and scipy: squares 0.283333 with one intercept, 0.23 with two.
  const std::optional<double> chance = chance_of_alike(prepared, fit, request);
  ASSERT_TRUE(chance);
  EXPECT_NEAR(*chance, 0.390043, 1e-6);
}

}  // namespace
}  // namespace rung::table
