#include "rung/core/subnormals.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

double product(double a, double b) {
  const volatile double x = a, y = b;  // multiplied when it runs, not when it is compiled
  return x * y;
}

TEST(FlushSubnormals, OnlyWhileItLives) {
  constexpr double kTiny = 1e-200, kSmaller = 1e-110;
  EXPECT_GT(product(kTiny, kSmaller), 0);
#if defined(__SSE2__)
  {
    const FlushSubnormals flush;
    EXPECT_EQ(product(kTiny, kSmaller), 0);
    { const FlushSubnormals again; }
    EXPECT_EQ(product(kTiny, kSmaller), 0);
    EXPECT_GT(product(kTiny, 1e-100), 0);
  }
#endif
  EXPECT_GT(product(kTiny, kSmaller), 0);
}

}  // namespace
}  // namespace rung
