#include "rung/study/ladder/signal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace rung::ladder {
namespace {

/// Runs at 1, 2, 4 ... times some compute with these accuracies.
TaskSignal of(const std::vector<double>& accuracies, double chance = 0.25) {
  TaskData data{.task = {.key = "t", .name = "t", .n_examples = 1000, .chance = chance}};
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    RunData& run = data.runs.emplace_back();
    run.scale = {1e8, 2e9, 1e18 * std::pow(2, static_cast<double>(i))};
    run.accuracy = accuracies[i];
  }
  std::vector<std::size_t> all(accuracies.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return signal_of(data, all);
}

TEST(TaskSignal, NoiseAroundChanceIsAtChance) {
  EXPECT_EQ(of({0.24, 0.26, 0.25, 0.27, 0.24, 0.25, 0.26, 0.25}).signal, Signal::at_chance);
  EXPECT_EQ(of({0, 0, 0.002, 0, 0.001, 0, 0.002, 0}, 0).signal, Signal::at_chance);
}

TEST(TaskSignal, ASteadyRiseIsClearHoweverSmall) {
  const TaskSignal signal = of({0.27, 0.28, 0.29, 0.3, 0.31, 0.32, 0.33, 0.34});
  EXPECT_EQ(signal.signal, Signal::clear);
  EXPECT_GT(signal.trend, 6);
  EXPECT_NEAR(signal.above_chance, (0.335 - 0.25) / 0.75, 1e-12);
}

TEST(TaskSignal, ARiseAmongLargeNoiseIsWeak) {
  EXPECT_EQ(of({0.28, 0.36, 0.25, 0.38, 0.33, 0.41, 0.31, 0.45}).signal, Signal::weak);
}

TEST(TaskSignal, FarAboveChanceIsClearWithoutATrend) {
  EXPECT_EQ(of({0.8, 0.82, 0.79, 0.81, 0.8, 0.82, 0.8, 0.81}).signal, Signal::clear);
}

// Flat in the small runs: the larger half has a trend of its own.
TEST(TaskSignal, SeesARiseThatSetsInLate) {
  EXPECT_EQ(of({0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.27, 0.31, 0.36, 0.41, 0.46, 0.5}).signal,
            Signal::clear);
}

}  // namespace
}  // namespace rung::ladder
