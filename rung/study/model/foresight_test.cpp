#include "rung/study/model/foresight.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung::model {
namespace {

double loss_at(double n, double d) { return 1.7 + 40 / std::pow(n, 0.35) + 90 / std::pow(d, 0.3); }

TEST(Foresight, SaysNothingUntilSizesAndLengthsDiffer) {
  Foresight foresight;
  for (int i = 1; i <= 8; ++i) foresight.add({1e5, i * 1e6, loss_at(1e5, i * 1e6)});
  EXPECT_FALSE(foresight.prediction(2e5, 8e6, Foresight::kLevel));
}

TEST(Foresight, PredictsARungAndTellsOneThatFallsOff) {
  Foresight foresight;
  int sign = 1;
  for (const double n : {1e5, 2e5, 4e5}) {
    for (const double ratio : {10.0, 20.0, 40.0}) {
      foresight.add({n, ratio * n, loss_at(n, ratio * n) * (1 + 0.001 * sign)});
      sign = -sign;
    }
  }
  const double truth = loss_at(8e5, 16e6);
  const auto right = foresight.prediction(8e5, 16e6, Foresight::kAlarmLevel, truth);
  ASSERT_TRUE(right);
  EXPECT_NEAR(*right->predicted, truth, 0.01 * truth);
  EXPECT_TRUE(*right->covered());
  const auto wrong = foresight.prediction(8e5, 16e6, Foresight::kAlarmLevel, 1.3 * truth);
  EXPECT_FALSE(*wrong->covered());
  const auto narrower = foresight.prediction(8e5, 16e6, Foresight::kLevel);
  EXPECT_LT(narrower->interval->upper, right->interval->upper);
}

}  // namespace
}  // namespace rung::model
