#include "rung/fit/neighbours.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kLeastOff = 0.02;

/// Runs on a law of tokens, whose learning rate falls at the end: ln of the loss by that of tokens.
std::vector<Series> made_up(std::size_t n_runs, std::size_t n_values, double sd,
                            std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<Series> runs(n_runs);
  for (std::size_t r = 0; r < n_runs; ++r) {
    const double own_sd = sd * std::exp(0.5 * rng.normal());
    for (std::size_t i = 1; i <= n_values; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(n_values);
      const double late = std::max(0.0, (share - 0.8) / 0.2);
      const double loss =
          (1.8 + std::pow(share, -0.3) / (1 + 0.1 * static_cast<double>(r))) * (1 - 0.04 * late);
      runs[r].x.push_back(std::log(share));
      runs[r].y.push_back(std::log(loss) + own_sd * rng.normal());
    }
  }
  return runs;
}

std::vector<std::size_t> off(const std::vector<Series>& runs) {
  std::vector<std::size_t> places;
  for (const OffValue& value : off_neighbours(runs, Course::falls, kLeastOff))
    places.push_back(100 * value.series + value.place);
  return places;
}

TEST(Neighbours, CallNothingOffInCleanRuns) {
  int n_alarms = 0;
  std::uint64_t seed = 0;
  for (const std::size_t n_runs : {8U, 16U}) {
    for (const std::size_t n_values : {4U, 6U, 12U, 40U}) {
      for (int i = 0; i < 50; ++i)
        n_alarms += off(made_up(n_runs, n_values, 0.02, seed++)).empty() ? 0 : 1;
    }
  }
  EXPECT_LE(n_alarms, 2) << "of " << seed;
}

TEST(Neighbours, TellAWrongValueWhereverItStands) {
  constexpr std::size_t kLast = 11;
  for (const std::size_t place : {1U, 2U, 6U, 9U, 10U, 11U}) {
    for (const double factor : {10.0, 0.1}) {
      std::vector<Series> runs = made_up(9, kLast + 1, 0.005, 3);
      runs[4].y[place] += std::log(factor);
      EXPECT_THAT(off(runs), ElementsAre(400 + place)) << factor;
    }
  }
  std::vector<Series> runs = made_up(9, kLast + 1, 0.005, 3);
  runs[2].y[6] += 0.1;
  runs[5].y[9] -= 0.1;
  EXPECT_THAT(off(runs), ElementsAre(206, 509));
}

TEST(Neighbours, TellWrongValuesInARow) {
  std::vector<Series> runs = made_up(9, 16, 0.005, 4);
  for (const std::size_t place : {7U, 8U, 9U}) runs[3].y[place] += 0.3;
  EXPECT_THAT(off(runs), ElementsAre(307, 308, 309));
  const OffValue first = off_neighbours(runs, Course::falls, kLeastOff)[0];
  EXPECT_NEAR(first.by_others, runs[3].y[7] - 0.3, 0.03);
}

/// A loss before training, and a learning rate that falls at once.
TEST(Neighbours, LeaveSteepBeginningsAndLateFallsAlone) {
  std::vector<Series> runs = made_up(9, 8, 0.002, 5);
  for (Series& run : runs) {
    run.y.front() = std::log(11.0);
    run.y.back() -= 0.05;
  }
  EXPECT_THAT(off(runs), IsEmpty());
}

TEST(Neighbours, KnowNothingOfAFewValues) {
  std::vector<Series> runs = made_up(2, 5, 0.002, 6);
  runs[0].y[2] += 1;
  EXPECT_THAT(off(runs), IsEmpty());
}

/// A run of which one or two values were logged is judged by none of another run's.
TEST(Neighbours, JudgeNoSeriesOfOneOrTwo) {
  for (const std::size_t n_values : {1U, 2U}) {
    std::vector<Series> runs = made_up(9, 12, 0.005, 3);
    runs[4].x.resize(n_values), runs[4].y.resize(n_values);
    runs[4].y.back() = -3;
    EXPECT_THAT(off(runs), IsEmpty()) << n_values;
  }
}

TEST(Neighbours, ForgiveWhatTheSeriesAreKnownToScatter) {
  std::vector<Series> runs = made_up(9, 12, 0.005, 7);
  runs[4].y[8] += 0.2;
  for (Series& run : runs) run.least_sd = 0.05;
  EXPECT_THAT(off(runs), IsEmpty());
}

}  // namespace
}  // namespace rung
