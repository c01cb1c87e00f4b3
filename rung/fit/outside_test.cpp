#include "rung/fit/outside.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung {
namespace {

TEST(TimesOutside, IsAFactorOrInfinite) {
  EXPECT_EQ(times_outside(3, 1, 8), 1);
  EXPECT_EQ(times_outside(24, 1, 8), 3);
  EXPECT_EQ(times_outside(0.25, 1, 8), 4);
  EXPECT_EQ(times_outside(-10, -5, 5), 2);
  EXPECT_EQ(times_outside(-1, -6, -2), 2);
  EXPECT_EQ(times_outside(10, 0, 5), 2);
  for (const double value : {0.0, -0.5}) EXPECT_TRUE(std::isinf(times_outside(value, 1, 8)));
  EXPECT_TRUE(std::isinf(times_outside(-1, 0, 8)));
  EXPECT_TRUE(std::isinf(times_outside(0, -8, -1)));
  EXPECT_TRUE(std::isinf(times_outside(1, -8, 0)));
}

}  // namespace
}  // namespace rung
