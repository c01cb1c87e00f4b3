#include "rung/study/table/direction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "rung/law/formula.hpp"

namespace rung::table {
namespace {

using testing::HasSubstr;

/// Runs of three sizes and three lengths, whose value changes by `slope` with each e-fold of both.
Points ladder(double slope) {
  Points points(2, 9);
  std::size_t i = 0;
  for (const double n : {1e8, 3e8, 9e8}) {
    for (const double d : {2e9, 8e9, 3e10})
      points.set(i++, std::array{n, d}, 0.5 + slope * std::log(n * d / 1e18));
  }
  return points;
}

TEST(Direction, ALawThatOnlyFallsCantFollowWhatRises) {
  const std::string doubt = direction_doubt(find_law("chinchilla"), ladder(0.05));
  EXPECT_THAT(doubt, HasSubstr("rise with N and D"));
  EXPECT_THAT(doubt, HasSubstr("chinchilla only falls"));
  EXPECT_THAT(doubt, HasSubstr("chinchilla-negated rises"));
}

TEST(Direction, NothingIsSaidWhereTheLawCanGoThatWay) {
  EXPECT_EQ(direction_doubt(find_law("chinchilla"), ladder(-0.05)), "");
  EXPECT_EQ(direction_doubt(find_law("chinchilla-negated"), ladder(0.05)), "");
  EXPECT_EQ(direction_doubt(find_law("chinchilla-negated"), ladder(-0.05)), "");
  // its scales and exponents may be negative, so it may rise
  EXPECT_EQ(direction_doubt(formula_law("e + a * N^-c + b * D^-d", {"N", "D"}), ladder(0.05)), "");
}

}  // namespace
}  // namespace rung::table
