#include "rung/figure/table/inputs.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

TEST(NumberWords, OnlyCountsLoseTheZeroBehindThePoint) {
  EXPECT_EQ(number_words(7e9), "7B");
  EXPECT_EQ(number_words(1.3e10), "13B");
  EXPECT_EQ(number_words(2.016), "2.02");
  EXPECT_EQ(number_words(10.04), "10");
}

TEST(BeyondWords, NameTheInputThatLiesFurthestOutside) {
  table::GroupPredictions group;
  group.rows.resize(2);
  EXPECT_EQ(beyond_words(std::vector{group}), "");
  group.rows[0].beyond = {{"N", 9.6}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 9.6 times beyond the data (N)");
  group.rows[1].beyond = {{"D", 96.2}, {"N", 43}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 96 times beyond the data (D)");
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "up to 96 times beyond the data (D)");
}

}  // namespace
}  // namespace rung
