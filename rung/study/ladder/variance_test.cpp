#include "rung/study/ladder/variance.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung::ladder {
namespace {

/// From 2 down by so much in all, with noise of 0.01.
std::vector<double> falling(double by, int n) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i)
    values.push_back(2 - by * i / (n - 1) + 0.01 * std::sqrt(2.0) * std::sin(2.4 * i));
  return values;
}

TEST(NoiseBesideTrend, IsOfTheDifferencesWhereATrendMakesMostOfTheSpread) {
  for (const int n : {10, 20}) {
    const auto noise = noise_beside_trend(falling(0.2, n));
    ASSERT_TRUE(noise) << n;
    EXPECT_NEAR(*noise * 1.9, 0.015, 0.007) << n;
  }
}

TEST(NoiseBesideTrend, IsNotSaidOfNoiseAloneOrOfFewValues) {
  EXPECT_FALSE(noise_beside_trend(falling(0, 20)));
  EXPECT_FALSE(noise_beside_trend(falling(0.005, 10)));
  EXPECT_FALSE(noise_beside_trend({3, 2, 1}));
  EXPECT_FALSE(noise_beside_trend({2, 2, 2, 2, 2, 2}));
}

}  // namespace
}  // namespace rung::ladder
