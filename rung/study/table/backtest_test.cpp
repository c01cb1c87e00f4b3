#include "rung/study/table/backtest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::table {
namespace {

using testing::HasSubstr;

/// One run of value 1 predicted from each cutoff, off by 1% for each doubling between them.
Backtest rolled(const std::vector<double>& cutoffs, double largest) {
  Backtest law{.law = "made up"};
  for (const double cutoff : cutoffs) {
    const double error = 0.01 * std::log2(largest / cutoff);
    law.rollouts.push_back({cutoff, largest, {1 + error, 1.0, std::nullopt}});
  }
  return law;
}

/// Runs of which so many lie inside their intervals, predicted from so many cutoffs.
Backtest with_held(std::size_t n_runs, std::size_t n_held, std::size_t n_cutoffs = 100) {
  Backtest law{.law = "made up"};
  for (std::size_t i = 0; i < n_runs; ++i)
    law.rollouts.push_back({1 + 0.01 * static_cast<double>(i % n_cutoffs),
                            2 + static_cast<double>(i),
                            {1.0, 1.0, Interval{0.9, 0.9, 1.1, "delta"}}});
  law.coverage = static_cast<double>(n_held) / static_cast<double>(n_runs);
  return law;
}

/// By the binomial distribution at 90%: 7 or fewer of 10 come by chance in 7.0%, 6 or fewer in
/// 1.3%; 3 or fewer of 4 in 34%.
TEST(BacktestReservations, IntervalsHoldTooFewWhereChanceDoesNotExplainIt) {
  const auto n_found = [](std::size_t n_runs, std::size_t n_held) {
    return reservations_on(with_held(n_runs, n_held), 0.9, 0.02, {}).size();
  };
  EXPECT_EQ(n_found(10, 7), 0u);
  EXPECT_EQ(n_found(10, 6), 1u);
  EXPECT_EQ(n_found(4, 3), 0u);
  EXPECT_EQ(n_found(10, 10), 0u);
  // Errors from one cutoff are those of one fit.
  EXPECT_EQ(reservations_on(with_held(500, 400, 20), 0.9, 0.02, {}).size(), 0u);
  EXPECT_EQ(reservations_on(with_held(500, 400, 50), 0.9, 0.02, {}).size(), 1u);
  EXPECT_THAT(reservations_on(with_held(10, 5), 0.9, 0.02, {})[0].details,
              HasSubstr("50% of its 90% intervals"));
}

TEST(BacktestReservations, ErrorsThatGrowWithDistanceCountAtTheTargets) {
  const auto words = [](double target) {
    const Backtest law = rolled({8, 4, 2, 1}, 16);  // off by 1 to 4%
    const auto found = reservations_on(law, 0.9, 0.03, {{"D=1", 1}, {"D=2", target}});
    return found.empty() ? "" : found[0].words;
  };
  EXPECT_EQ(words(16), "");
  EXPECT_EQ(words(64), "");  // 4 times: off by 2.5% in the median from 2 to 16 times
  EXPECT_EQ(words(256), "not at the target's distance");
  EXPECT_EQ(words(16e6), "not at the target's distance");
}

TEST(BacktestReservations, SayWhereHardlyAnythingWasTried) {
  EXPECT_TRUE(reservations_on(rolled({8, 4, 2, 1}, 16), 0.9, 0.05, {}).empty());
  const auto found = reservations_on(rolled({8}, 16), 0.9, 0.05, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].words, "hardly tested");
  EXPECT_EQ(found[0].details, "only 1 prediction of larger runs could be tried");
}

/// A few of what a run of value 1 is missed by, from so many times below.
void add(std::size_t n_runs, double times, double error, Backtest& law) {
  for (std::size_t i = 0; i < n_runs; ++i)
    law.rollouts.push_back({100 / times, 100, {1 + error, 1.0, std::nullopt}});
}

/// What lies far from the target's distance, on either side, has no part in the verdict.
TEST(BacktestReservations, GoByTheErrorsAroundTheTargetsDistance) {
  const auto words = [](double at_40, double nearer, double farther) {
    Backtest law{.law = "made up"};
    add(10, 40, at_40, law), add(60, 25, nearer, law), add(60, 1000, farther, law);
    const auto found = reservations_on(law, 0.9, 0.02, {{"D=1", 4000}});
    return found.empty() ? "" : found[0].words + ": " + found[0].details;
  };
  EXPECT_EQ(words(0.01, 0.01, 0.05), "");
  const std::string missed = words(0.044, 0.004, 0.004);
  EXPECT_THAT(missed, HasSubstr("not at the target's distance"));
  EXPECT_THAT(missed, HasSubstr("predicted from 40 times below, runs are missed by 4.4%"));
}

TEST(BacktestReservations, WidenTheWindowWhereFewWerePredictedFromThere) {
  Backtest law{.law = "made up"};
  add(2, 10, 0.5, law), add(4, 16, 0.01, law), add(4, 6.25, 0.02, law), add(50, 2, 0.3, law);
  const ErrorAtDistance there = error_at_distance(law, 10);
  EXPECT_EQ(there.n_runs, 10u);
  EXPECT_NEAR(there.median_error, 0.02, 1e-12);
  EXPECT_EQ(there.nearest, 6.25);
  EXPECT_EQ(there.furthest, 16);
  EXPECT_EQ(error_at_distance(law, 1000).n_runs, 6u);  // as far as there are
}

/// Runs that tie but for the rounding of C, the last of them those of one lucky cutoff, and more of
/// them far beyond.
Backtest with_columns(double lucky, double others, double beyond) {
  Backtest law{.law = "made up"};
  for (int i = 0; i < 50; ++i) add(1, 316 + 0.01 * i, i < 35 ? others : lucky, law);
  add(25, 1000, beyond, law);
  return law;
}

/// Each median is of all that are as far, and between two of them the error is neither's alone.
TEST(BacktestReservations, TakeNoPartOfRunsThatTie) {
  const Backtest law = with_columns(0.003, 0.18, 0.48);
  for (double at = 250; at < 2000; at *= 1.01) {
    const ErrorAtDistance there = error_at_distance(law, at);
    EXPECT_GE(there.median_error, 0.18 - 1e-9) << at;
    EXPECT_LE(there.median_error, 0.48 + 1e-9) << at;
    EXPECT_GE(there.n_runs, 25u) << at;
  }
  const ErrorAtDistance middle = error_at_distance(law, std::sqrt(316.49 * 1000));
  EXPECT_NEAR(middle.median_error, (0.18 + 0.48) / 2, 1e-6);
  EXPECT_EQ(middle.furthest, 1000);
  const auto words = [](const Backtest& of) {
    const auto found = reservations_on(of, 0.9, 0.02, {{"D=1", 55'000}});
    return found.empty() ? "" : found[0].words;
  };
  EXPECT_EQ(words(law), "not at the target's distance");
  EXPECT_EQ(words(with_columns(0.003, 0.01, 0.012)), "");
  EXPECT_EQ(words(with_columns(0.1, 0.01, 0.012)), "");  // an unlucky cutoff is no alarm
}

TEST(BacktestReservations, SayWhereNothingWasRolledSoFar) {
  const Backtest law = rolled({8, 8, 4, 4}, 16);
  EXPECT_TRUE(reservations_on(law, 0.9, 0.05, {{"D=1", 128}}).empty());
  const auto found = reservations_on(law, 0.9, 0.05, {{"D=1", 16 * 87}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].words, "untested at the target's distance");
  EXPECT_THAT(found[0].details, HasSubstr("87 times beyond the largest run"));
}

}  // namespace
}  // namespace rung::table
