#include "rung/core/statistics.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/numbers.hpp"

namespace rung {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Optional;

using Values = std::vector<double>;

TEST(Statistics, MeanAndSpread) {
  const Values values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_EQ(mean(values), 5);
  EXPECT_EQ(squared_deviations(values), 32);
  EXPECT_EQ(population_sd(values), 2);
  EXPECT_DOUBLE_EQ(sample_variance(values), 32.0 / 7);
  EXPECT_DOUBLE_EQ(sample_sd(values), std::sqrt(32.0 / 7));
}

TEST(Statistics, SpreadSurvivesAGreatMean) {
  // E[x^2] - E[x]^2 is 0 or negative here.
  EXPECT_EQ(sample_variance(Values{1e9, 1e9 + 1, 1e9 + 2}), 1);
}

TEST(Statistics, RunningMeanLeavesOutWhatIsAbsent) {
  RunningMean mean;
  EXPECT_EQ(mean.value(), std::nullopt);
  mean.add(1);
  mean.add(std::optional<double>());
  mean.add(std::optional(4.0));
  EXPECT_THAT(mean.value(), Optional(2.5));
  EXPECT_EQ(mean.n(), 2u);
}

TEST(Statistics, Medians) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
  EXPECT_EQ(upper_median({3, 1, 2}), 2);
  EXPECT_EQ(upper_median({4, 1, 3, 2}), 3);
}

TEST(Statistics, QuantilesLieOnStraightLines) {
  const Values values = {1, 2, 4};
  EXPECT_EQ(sorted_quantile(values, 0), 1);
  EXPECT_EQ(sorted_quantile(values, 0.25), 1.5);
  EXPECT_EQ(sorted_quantile(values, 0.5), 2);
  EXPECT_EQ(sorted_quantile(values, 0.75), 3);
  EXPECT_EQ(sorted_quantile(values, 1), 4);
  EXPECT_EQ(sorted_quantile(Values{5}, 0.3), 5);
  // Infinity minus itself must not come up.
  EXPECT_EQ(sorted_quantile(Values{0, kInfinity, kInfinity}, 0.75), kInfinity);
  EXPECT_EQ(sorted_quantile(Values{0, 1, kInfinity}, 0.5), 1);
}

TEST(Statistics, Correlation) {
  EXPECT_THAT(correlation(Values{1, 2, 3}, Values{2, 4, 6}), Optional(DoubleEq(1)));
  EXPECT_THAT(correlation(Values{1, 2, 3}, Values{3, 2, 1}), Optional(DoubleEq(-1)));
  EXPECT_THAT(correlation(Values{1, 2, 3, 4}, Values{1, 3, 2, 4}),
              Optional(DoubleNear(0.8, 1e-15)));
  EXPECT_THAT(correlation(Values{1, 1, 1}, Values{1, 2, 3}), Eq(std::nullopt));
}

TEST(Statistics, EqualValuesShareTheirRanks) {
  EXPECT_THAT(ranks(Values{10, 30, 20, 20}), ElementsAre(0, 3, 1.5, 1.5));
  EXPECT_THAT(ranks(Values{}), IsEmpty());
}

TEST(Statistics, SortedDistinct) {
  EXPECT_THAT(sorted_distinct({3, 1, 3, 2, 1}), ElementsAre(1, 2, 3));
}

TEST(Statistics, PercentagesAreKnown) {
  const auto is_percent = [](const std::vector<double>& values) {
    return looks_like_percent(values);
  };
  EXPECT_TRUE(is_percent({25, 76, 50}));
  EXPECT_TRUE(is_percent({0, 25, 76}));
  EXPECT_TRUE(is_percent({0.4, 1.2, 3.5, 12}));  // a hard benchmark
  EXPECT_TRUE(is_percent({0.6, 2.4, 5.5, std::nan("")}));
  EXPECT_FALSE(is_percent({0.25, 0.76}));
  EXPECT_FALSE(is_percent({0.25, 35, 76, 80, 81}));  // a share among percentages
  EXPECT_FALSE(is_percent({1, 35, 76}));             // all right, or a hundredth
  EXPECT_FALSE(is_percent({25, 76, 101}));
  EXPECT_FALSE(is_percent({25, 76, -1}));
}

TEST(Statistics, GridsEndExactly) {
  EXPECT_THAT(linear_grid(1, 3, 5), ElementsAre(1, 1.5, 2, 2.5, 3));
  EXPECT_THAT(log_grid(1, 100, 3), ElementsAre(1, DoubleEq(10), 100));
  for (const double high : {3e9, 7.7e21, 1.1}) {
    EXPECT_EQ(log_grid(0.3, high, 48).front(), 0.3);
    EXPECT_EQ(log_grid(0.3, high, 48).back(), high);
    EXPECT_EQ(linear_grid(0.3, high, 48).back(), high);
  }
}

}  // namespace
}  // namespace rung
