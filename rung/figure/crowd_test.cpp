#include "rung/figure/crowd.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

TEST(Crowd, PointsAreSmallerAndFainterTheMoreThereAre) {
  const Scatter ring{.size_px = 7, .filled = false};
  const Scatter few = in_crowd(ring, 100), many = in_crowd(ring, 900), most = in_crowd(ring, 9000);
  EXPECT_EQ(few.size_px, 7);
  EXPECT_EQ(few.opacity, 1);
  EXPECT_FALSE(few.filled);
  EXPECT_LT(many.size_px, 5);
  EXPECT_LE(many.opacity, 0.6);
  EXPECT_TRUE(many.filled);
  EXPECT_LT(most.size_px, many.size_px);
  EXPECT_LT(most.opacity, many.opacity);
  EXPECT_GT(in_crowd(ring, 1000000).opacity, 0.05);  // they are still seen
}

}  // namespace
}  // namespace rung
