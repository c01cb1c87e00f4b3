#include "rung/study/table/groups_determined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/study/table/shared.hpp"

namespace rung::table {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Two groups along N, and `n_third` rows of a third, all at one N if `constant`.
Table groups(std::size_t n_third, bool constant = false) {
  Table table("groups.csv");
  std::vector<double> n, loss;
  std::vector<std::string> mix;
  const auto add = [&](const char* group, double at, std::size_t i) {
    n.push_back(at);
    loss.push_back(1.5 + 3 * std::pow(at, -0.3) +
                   0.002 * std::sin(7.0 * static_cast<double>(i * i)));
    mix.emplace_back(group);
  };
  for (std::size_t i = 0; i < 12; ++i)
    add(i % 2 == 0 ? "a" : "b", std::pow(2, static_cast<double>(i)), i);
  for (std::size_t i = 0; i < n_third; ++i)
    add("c", constant ? 8 : std::pow(4, static_cast<double>(i)), i + 12);
  table.add({"N", n});
  table.add({"loss", loss});
  table.add({"mix", mix});
  return table;
}

SharedFit shared(const Table& table, const UncertaintyOptions& options = {}) {
  Request request;
  request.formula = "E + A/N^alpha";
  request.x = "N=N";
  request.group_by = {"mix"};
  return fit_shared(prepare(table, request), request, {.shared = {"alpha"}}, options);
}

TEST(GroupsDetermined, AGroupOfFewerRowsThanItsOwnParametersIsRefused) {
  EXPECT_THAT(
      [] { shared(groups(1)); },
      ThrowsMessage<InputError>(HasSubstr("group 'c': its 1 row does not tell E[c], A[c] apart")));
  EXPECT_NO_THROW(shared(groups(2)));
}

TEST(GroupsDetermined, OneThatLeavesItsOwnOpenIsRefused) {
  EXPECT_THAT(
      [] { shared(groups(4, true)); },
      ThrowsMessage<InputError>(HasSubstr("group 'c': its 4 rows do not tell E[c], A[c] apart")));
  EXPECT_NO_THROW(shared(groups(4)));
}

/// A law has room for so many inputs, parameters and operations: said in groups, not in those.
TEST(GroupsDetermined, MoreThanOneFitHasRoomForAreSaid) {
  Table table("many.csv");
  std::vector<double> n, loss;
  std::vector<std::string> mix;
  for (std::size_t i = 0; i < 40 * 9; ++i) {
    n.push_back(std::pow(2, static_cast<double>(i % 9)));
    loss.push_back(1.5 + 3 * std::pow(n.back(), -0.3) +
                   0.002 * std::sin(7.0 * static_cast<double>(i * i)));
    mix.push_back("mix " + std::to_string(i / 9));
  }
  table.add({"N", n});
  table.add({"loss", loss});
  table.add({"mix", mix});
  EXPECT_THAT([&] { shared(table); },
              ThrowsMessage<InputError>(
                  HasSubstr("error: --share: 40 groups are too many for one fit: at most 15 can be "
                            "fitted at once with as much of their own (choose groups with --where, "
                            "or name more parameters in --share)")));
}

TEST(GroupsDetermined, ClustersThatAreGroupsAreRefused) {
  UncertaintyOptions options;
  options.cluster_column = "mix";
  EXPECT_THAT([&] { shared(groups(4), options); },
              ThrowsMessage<InputError>(HasSubstr("group 'a': all rows are of one 'mix'")));
}

}  // namespace
}  // namespace rung::table
