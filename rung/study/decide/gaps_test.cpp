#include "rung/study/decide/gaps.hpp"

#include <gtest/gtest.h>

#include "rung/core/distributions.hpp"

namespace rung::decide {
namespace {

TEST(Gaps, ChanceIntervalAndWhatWouldSettleIt) {
  std::vector<Estimate> estimates = {{0, 0.50, 0.03}, {1, 0.55, 0.04}};
  const GapOptions options{.level = 0.9, .run_flops = 1e20};
  rank(estimates, options);
  EXPECT_EQ(estimates.front().recipe, 1u);
  const std::vector<Gap> gaps = gaps_of(estimates, options);
  ASSERT_EQ(gaps.size(), 1u);
  const Gap& gap = gaps.front();
  EXPECT_EQ(gap.better, 1u);
  EXPECT_NEAR(gap.gap, 0.05, 1e-15);
  // Standard deviation of the gap: 0.05, so it is one of them from 0.
  EXPECT_NEAR(*gap.chance, normal_cdf(1), 1e-12);
  const double z = normal_quantile(0.95);
  EXPECT_NEAR(gap.interval->lower, 0.05 * (1 - z), 1e-12);
  EXPECT_NEAR(*gap.runs_factor, z * z, 1e-12);
  EXPECT_NEAR(*gap.further_flops, 2 * (z * z - 1) * 1e20, 1e8);
  // Of two, to be the best is to be better than the other.
  EXPECT_NEAR(*estimates.front().chance_of_best, *gap.chance, 1e-6);
}

TEST(Gaps, SmallerLossesAreBetter) {
  std::vector<Estimate> estimates = {{0, 2.0, 0.1}, {1, 1.5, 0.1}, {2, 1.9, 0.1}};
  const GapOptions options{.direction = -1};
  rank(estimates, options);
  EXPECT_EQ(estimates.front().recipe, 1u);
  EXPECT_EQ(estimates.back().recipe, 0u);
  double total = 0;
  for (const Estimate& estimate : estimates) total += *estimate.chance_of_best;
  EXPECT_NEAR(total, 1, 1e-6);
  for (const Gap& gap : gaps_of(estimates, options)) EXPECT_GT(gap.gap, 0);
}

TEST(Gaps, WithoutNoiseThereIsNoChance) {
  std::vector<Estimate> estimates = {{0, 2.0}, {1, 1.5}};
  rank(estimates, {});
  const Gap gap = gaps_of(estimates, {}).front();
  EXPECT_FALSE(gap.interval);
  EXPECT_FALSE(gap.chance);
  EXPECT_FALSE(estimates.front().chance_of_best);
}

}  // namespace
}  // namespace rung::decide
