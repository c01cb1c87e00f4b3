#include "rung/study/runs/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "rung/core/rng.hpp"

namespace rung::runs {
namespace {

double falling_loss(double tokens) { return 2 + 400 * std::pow(tokens, -0.25); }

/// A loss at even places up to 8e9 tokens.
Curve curve_with(std::size_t n_rows, const std::function<double()>& noise) {
  Curve curve;
  for (std::size_t i = 1; i <= n_rows; ++i) {
    curve.x.push_back(8e9 * static_cast<double>(i) / static_cast<double>(n_rows));
    curve.y.push_back(falling_loss(curve.x.back()) + noise());
  }
  return curve;
}

Curve noisy(std::size_t n_rows, std::uint64_t seed, double sd = 0.02) {
  Rng rng(seed);
  return curve_with(n_rows, [&] { return sd * rng.normal(); });
}

/// As of a logged moving average.
Curve smoothly_noisy(std::size_t n_rows, std::uint64_t seed, double kept) {
  Rng rng(seed);
  double noise = 0;
  for (int i = 0; i < 100; ++i) noise = kept * noise + 0.02 * rng.normal();
  return curve_with(n_rows, [&] { return noise = kept * noise + 0.02 * rng.normal(); });
}

/// How many of pairs of equal runs differ within their intervals, as a share of those that have
/// one.
double share_held(const std::function<Curve(std::uint64_t)>& one,
                  const std::function<Curve(std::uint64_t)>& other) {
  constexpr std::uint64_t kPairs = 500;
  double n_held = 0, n_told = 0;
  for (std::uint64_t pair = 0; pair < kPairs; ++pair) {
    const auto found = difference_of(one(2 * pair), other(2 * pair + 1), 0.95);
    if (!found || !found->interval) continue;
    ++n_told;
    n_held += found->interval->lower <= 0 && 0 <= found->interval->upper;
  }
  EXPECT_GT(n_told, 0.95 * kPairs);
  return n_held / n_told;
}

TEST(Difference, IntervalsOfEqualRunsHoldNoDifference) {
  for (const std::size_t n_rows : {70U, 100U, 400U}) {
    const auto one = [&](std::uint64_t seed) { return noisy(n_rows, seed); };
    EXPECT_NEAR(share_held(one, one), 0.95, 0.03) << n_rows;
  }
}

// No bias by where on the falling curve they lie.
TEST(Difference, IntervalsOfRowsAtOtherPlacesHoldNoDifference) {
  const auto one = [&](std::uint64_t seed) { return noisy(400, seed); };
  for (const std::size_t n_rows : {80U, 150U, 290U}) {
    const auto other = [&](std::uint64_t seed) { return noisy(n_rows, seed); };
    EXPECT_NEAR(share_held(one, other), 0.95, 0.03) << n_rows;
  }
}

TEST(Difference, RowsThatFollowOneAnotherCountAsFewer) {
  for (const double kept : {0.5, 0.9}) {
    const auto one = [&](std::uint64_t seed) { return smoothly_noisy(1000, seed, kept); };
    EXPECT_NEAR(share_held(one, one), 0.95, 0.05) << kept;
  }
}

TEST(Difference, OfMeansOverTheLastTenthThatBothHave) {
  Curve run = noisy(400, 1), other = noisy(400, 2);
  for (double& y : run.y) y += 0.03;
  run.x.resize(300), run.y.resize(300);
  const auto found = difference_of(run, other, 0.95);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->to, run.x.back());
  EXPECT_EQ(found->from, run.x[270]);
  EXPECT_EQ(found->doubt, DifferenceDoubt::none);
  EXPECT_NEAR(found->value, 0.03, 0.015);
  EXPECT_NEAR(difference_of(other, run, 0.95)->value, -found->value, 1e-12);
}

TEST(Difference, SpikesDoNotMatter) {
  const Curve run = noisy(300, 3);
  Curve other = noisy(300, 4);
  const Difference clean = *difference_of(run, other, 0.95);
  other.y[297] += 1, other.y[298] += 0.8;
  const Difference spiky = *difference_of(run, other, 0.95);
  EXPECT_NEAR(spiky.value, clean.value, 0.004);
  EXPECT_EQ(spiky.doubt, DifferenceDoubt::within_noise);
}

TEST(Difference, NoiseOfTheSameDataIsSharedByBothRuns) {
  const Curve run = noisy(400, 5);
  Curve other = run;
  Rng rng(6);
  for (double& y : other.y) y -= 0.003 + 0.001 * rng.normal();
  const auto found = difference_of(run, other, 0.95);
  ASSERT_TRUE(found && found->interval);
  EXPECT_NEAR(found->value, 0.003, 0.001);
  EXPECT_EQ(found->doubt, DifferenceDoubt::none);
  EXPECT_EQ(difference_words(*found).find("(?)"), std::string::npos);
}

TEST(Difference, IsWrittenInTheDigitsOfItsInterval) {
  const auto words = [](double value, double half) {
    const DifferenceDoubt doubt =
        std::abs(value) > half ? DifferenceDoubt::none : DifferenceDoubt::within_noise;
    return difference_words({.value = value,
                             .from = 9,
                             .to = 10,
                             .interval = Interval{0.95, value - half, value + half, ""},
                             .doubt = doubt});
  };
  EXPECT_EQ(words(0.01324, 0.0098), "+0.0132 ± 0.0098");
  EXPECT_EQ(words(-0.8724, 0.0112), "-0.872 ± 0.011");
  EXPECT_EQ(words(-3e-7, 0.0099), "0.0000 ± 0.0099 (?)");
  EXPECT_EQ(words(0.5, 0), "+0.5");
}

TEST(Difference, TooFewRowsHaveNoInterval) {
  const auto found = difference_of(noisy(40, 7), noisy(40, 8), 0.95);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->interval);
  EXPECT_EQ(found->doubt, DifferenceDoubt::too_few_rows);
  EXPECT_TRUE(difference_words(*found).ends_with(" (?)"));
  EXPECT_FALSE(difference_of({{1, 2}, {3, 3}}, {{5, 6}, {3, 3}}, 0.95));
  EXPECT_FALSE(difference_of({}, noisy(40, 8), 0.95));
}

}  // namespace
}  // namespace rung::runs
