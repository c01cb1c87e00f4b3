#include "rung/core/rng.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace rung {
namespace {

TEST(Rng, StreamsAreNamedByTheirNumbersOnly) {
  Rng first(1, 5), again(1, 5), other_stream(1, 6), other_seed(2, 5);
  const std::uint64_t bits = first.bits();
  EXPECT_EQ(again.bits(), bits);
  EXPECT_NE(other_stream.bits(), bits);
  EXPECT_NE(other_seed.bits(), bits);
}

TEST(Rng, UniformHasItsMoments) {
  Rng rng(3);
  constexpr int kDraws = 100'000;
  double sum = 0, sum_of_squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    sum_of_squares += u * u;
  }
  // Five standard errors: 0.289 / sqrt(n) and 0.298 / sqrt(n).
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * 0.289 / std::sqrt(kDraws));
  EXPECT_NEAR(sum_of_squares / kDraws, 1.0 / 3, 5 * 0.298 / std::sqrt(kDraws));
}

TEST(Rng, BelowIsEven) {
  Rng rng(4);
  constexpr int kDraws = 70'000;
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 5 * std::sqrt(10'000 * 6.0 / 7));
}

TEST(Rng, NormalHasItsMoments) {
  Rng rng(5);
  constexpr int kDraws = 100'000;
  double sum = 0, sum_of_squares = 0, sum_of_fourths = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = rng.normal();
    sum += z;
    sum_of_squares += z * z;
    sum_of_fourths += z * z * z * z;
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(sum_of_squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(sum_of_fourths / kDraws, 3, 5 * std::sqrt(96.0 / kDraws));
}

}  // namespace
}  // namespace rung
