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

}  // namespace
}  // namespace rung
