#include "rung/study/ladder/variance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/simulate.hpp"

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
    EXPECT_NEAR(noise->relative_sd * 1.9, 0.015, 0.007) << n;
    EXPECT_FALSE(noise->at_most) << n;
  }
}

/// The last ten checkpoints of a run of 1.3B parameters and five times 20 tokens each, whose losses
/// have noise of 0.1% and fall by 0.12 more towards its end: the noise, in root mean squares over
/// 200 such runs, and of how many it is a bound.
std::pair<double, int> noise_of_runs(int n_checkpoints) {
  Rng random(3);
  double squares = 0;
  int n_at_most = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> losses;
    for (int i = std::max(1, n_checkpoints - 9); i <= n_checkpoints; ++i) {
      const double share = static_cast<double>(i) / n_checkpoints;
      const double loss = 1.7 + 400 * std::pow(1.3e9, -0.34) +
                          205 * std::pow(1.3e11 * share, -0.28) + 0.12 * (1 - share);
      losses.push_back(loss * std::exp(0.001 * random.normal()));
    }
    const auto noise = noise_beside_trend(losses);
    if (!noise) continue;
    squares += noise->relative_sd * noise->relative_sd / kRuns;
    n_at_most += noise->at_most ? 1 : 0;
  }
  return {std::sqrt(squares), n_at_most};
}

TEST(NoiseBesideTrend, HoldsNothingOfTheTrendBetweenNeighbours) {
  const auto [of_20, bounds_20] = noise_of_runs(20);
  EXPECT_NEAR(of_20, 0.001, 0.0001);
  EXPECT_LT(bounds_20, 20);
  // A run's first checkpoints fall so steeply that it can't be told, and is said to be a bound.
  const auto [of_8, bounds_8] = noise_of_runs(8);
  EXPECT_LT(of_8, 0.003);
  EXPECT_GT(bounds_8, 150);
}

TEST(NoiseBesideTrend, IsNotSaidOfNoiseAloneOrOfFewValues) {
  EXPECT_FALSE(noise_beside_trend(falling(0, 20)));
  EXPECT_FALSE(noise_beside_trend(falling(0.005, 10)));
  EXPECT_FALSE(noise_beside_trend({3, 2, 1}));
  EXPECT_FALSE(noise_beside_trend({2, 2, 2, 2, 2, 2}));
}

TEST(NoiseBesideTrend, IsNotFoundOfTooFewCheckpoints) {
  for (const int n : {4, 5, 6, 7, 8}) {
    VarianceResult result;
    for (int i = 1; i <= n; ++i) result.n_tokens.push_back(i);
    // A straight line but for a twentieth of its step.
    std::vector<double> values;
    for (int i = 0; i < n; ++i) values.push_back(2 - 0.1 * i + 0.005 * std::sin(2.4 * i));
    EXPECT_EQ(result.too_few_for_trend(), n < 7) << n;
    EXPECT_EQ(noise_beside_trend(values).has_value(), n >= 6) << n;  // at 6 where so little is off
  }
}

/// Of one run, as a configuration of a target has it, with a loss among the last ten times ten.
TEST(Variance, NamesWrongCheckpointsAmongTheLast) {
  SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 9);
  made.ladder.runs.resize(1);
  EXPECT_TRUE(doubts_of(run_variance(made.ladder, made.tasks[0], {})).reasons.empty());
  std::vector<double>& losses = made.ladder.runs[0].metrics.at("task1/bpb");
  losses[losses.size() - 5] *= 10;
  for (const Mode mode : {Mode::train, Mode::eval}) {
    made.ladder.runs[0].mode = mode;
    const VarianceResult result = run_variance(made.ladder, made.tasks[0], {});
    EXPECT_TRUE(result.has_wrong(Metric::rc_bpb));
    EXPECT_FALSE(result.has_wrong(Metric::rc_acc));
    EXPECT_THAT(doubts_of(result).reasons,
                testing::ElementsAre(testing::HasSubstr("task1/bpb of 190M-1xC is ")));
    EXPECT_TRUE(
        run_variance(made.ladder, made.tasks[0], {.last_n_points = 3}).wrong_checkpoints.empty());
  }
}

TEST(Variance, HasTheDoubtsOfThePredictionBesideIt) {
  SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 9);
  Ladder one = made.ladder;
  one.runs.resize(1);
  std::vector<double>& losses = made.ladder.runs[15].metrics.at("task1/bpb");
  losses[losses.size() - 2] *= 10;
  std::vector<VarianceResult> results = run_variance(VarianceSettings(), one, made.tasks);
  add_prediction_errors(made.ladder, made.ladder, results);
  EXPECT_THAT(doubts_of(results[0]).reasons,
              testing::Contains(testing::StartsWith("the prediction, step 1: task1/bpb of ")));
}

}  // namespace
}  // namespace rung::ladder
