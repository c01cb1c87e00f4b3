#include "rung/study/table/repeats.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "rung/core/rng.hpp"

namespace rung::table {
namespace {

/// Seeds of configurations, with losses to three decimals and a noise of 0.01; a row more for each
/// copy of the first ones.
struct Runs {
  int n_configurations = 15, n_seeds = 4, n_copies = 0;
  bool named = false;  // by a column of seeds
};

Table table_of(const Runs& of) {
  Table table("seeds.csv");
  std::vector<double> n, loss, seed;
  Rng rng(3);
  for (int i = 0; i < of.n_configurations; ++i) {
    for (int k = 0; k < of.n_seeds; ++k) {
      n.push_back(1e7 * std::pow(1.5, i)), seed.push_back(k);
      const double exact = 1.8 + 300 * std::pow(n.back(), -0.3) + 0.01 * rng.normal();
      loss.push_back(std::round(1000 * exact) / 1000);
    }
  }
  for (int i = 0; i < of.n_copies; ++i) {
    const auto k = static_cast<std::size_t>(i);
    n.push_back(n[k]), loss.push_back(loss[k]), seed.push_back(seed[k]);
  }
  table.add({"N", n});
  table.add({"loss", loss});
  if (of.named) table.add({"seed", seed});
  return table;
}

Repeats repeats(Table table, const std::string& y = "loss") {
  Request request;
  request.formula = "E + A/N^alpha";
  request.x = "N=N";
  request.y = y;
  const Prepared prepared = prepare(std::move(table), request);
  return repeats_of(prepared, prepared.samples.front());
}

TEST(Repeats, RowsThatDifferInAColumnThatTheLawDoesNotReadAreNone) {
  EXPECT_EQ(repeats(table_of({.named = true})).n, 0u);
  EXPECT_GT(repeats(table_of({})).n, 0u);
}

TEST(Repeats, AFewOfTheSameInputsAreExpectedByTheLastDigit) {
  for (const char* y : {"loss", "log(loss)"}) {
    const Repeats few = repeats(table_of({}), y);
    EXPECT_TRUE(few.may_be_chance());
    // 90 pairs, whose density of no difference is 1 / (2 sqrt(pi) 0.01), a thousandth wide.
    EXPECT_NEAR(few.n_by_chance, 90 * 0.001 / (2 * std::sqrt(3.14159) * 0.01), 0.6);
  }
  EXPECT_TRUE(repeats(table_of({.n_configurations = 40, .n_seeds = 50})).may_be_chance());
}

TEST(Repeats, CopiesAreNoChance) {
  EXPECT_FALSE(repeats(table_of({.n_copies = 30})).may_be_chance());
  EXPECT_EQ(repeats(table_of({.n_copies = 2, .named = true})).n, 2u);
  EXPECT_FALSE(repeats(table_of({.n_copies = 2, .named = true})).may_be_chance());
  EXPECT_FALSE(repeats(table_of({.n_seeds = 1, .n_copies = 1})).may_be_chance());
}

TEST(Repeats, FewOfManyRowsHardlyNarrowIntervals) {
  EXPECT_TRUE(repeats(table_of({.n_copies = 2, .named = true})).narrow_intervals());
  const Repeats one = repeats(table_of({.n_configurations = 30, .n_copies = 1, .named = true}));
  EXPECT_FALSE(one.may_be_chance());
  EXPECT_FALSE(one.narrow_intervals());
}

TEST(Repeats, AreSaidInTheirNumber) {
  EXPECT_EQ(Repeats{.n = 1}.words(),
            "1 row repeats another in every column, and counts as a measurement of its own");
  EXPECT_EQ(Repeats{.n = 6}.words(),
            "6 rows repeat another in every column, and each counts as a measurement of its own");
}

}  // namespace
}  // namespace rung::table
