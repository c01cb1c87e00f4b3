#include "rung/study/ladder/artificial_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/parallel.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/simulate.hpp"
#include "rung/study/ladder/step2_interval.hpp"

namespace rung::ladder {
namespace {

/// Sixteen runs whose larger ones are near where accuracy ends.
SimulationSettings saturating(double top, double n_questions) {
  SimulationSettings settings;
  settings.n_tasks = 1;
  settings.n_checkpoints = 6;
  settings.n_examples = n_questions;
  settings.law_departure = settings.sigmoid_departure = 0;
  settings.kinds = {TaskKind::saturating};
  settings.top = top;
  return settings;
}

Step2Result step2_of(const SimulationSettings& settings, std::uint64_t seed,
                     const Step2Settings& how = {}) {
  const SimulatedLadder made = simulate_ladder(settings, seed);
  return run_step2(made.ladder, made.tasks.front(), how);
}

/// The same where nobody says how many questions there are.
Step2Result uncounted_step2_of(const SimulationSettings& settings, std::uint64_t seed,
                               const Step2Settings& how = {}) {
  SimulatedLadder made = simulate_ladder(settings, seed);
  made.tasks.front().n_examples.reset();
  return run_step2(made.ladder, made.tasks.front(), how);
}

/// Of so many ladders, the share whose runs reject the point.
double share_rejected(double top, double n_questions, std::size_t n = 100) {
  std::vector<unsigned char> rejected(n);
  parallel_for(n, 0, [&](std::size_t i) {
    rejected[i] = step2_of(saturating(top, n_questions), i).top_doubt.rejected_for.has_value();
  });
  double sum = 0;
  for (const unsigned char one : rejected) sum += one;
  return sum / static_cast<double>(n);
}

TEST(RejectedTop, IsRareWhereAccuracyGoesToTheMaximum) {
  EXPECT_LE(share_rejected(1, 100000), 0.07);
  EXPECT_LE(share_rejected(1, 1500), 0.07);
}

TEST(RejectedTop, IsFoundWhereRunsLevelOffBelowTheMaximum) {
  EXPECT_GE(share_rejected(0.9, 100000), 0.9);
  EXPECT_GE(share_rejected(0.8, 1500), 0.9);
  const auto found = step2_of(saturating(0.8, 100000), 1).top_doubt.rejected_for;
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, 0.8, 0.03);
}

TEST(RejectedTop, IsNotAskedWhereTheCurveIsNotHeldToThePoint) {
  const SimulationSettings settings = saturating(0.8, 100000);
  EXPECT_FALSE(step2_of(settings, 1, {.free_top = true}).end_in_doubt());
  EXPECT_FALSE(step2_of(settings, 1, {.use_log_sigmoid = true}).top_doubt.rejected_for);
}

TEST(PossibleTop, IsReachedOverByIntervalsThatThereAre) {
  Step2Result step2;
  step2.fitted.fit.identified = true;
  step2.task.n_examples = 1500;
  step2.top_doubt.possible = 0.8;
  for (const double y : {0.5, 0.6}) step2.points.push_back({.y = y});
  const auto reach = testing::HasSubstr("intervals reach over both");
  TargetPrediction& target = step2.targets.emplace_back();
  EXPECT_THAT(doubts_of(step2).notes, testing::Not(testing::Contains(reach)));
  target.interval = Interval{0.9, 0.7, 0.8, "delta-runs"};
  EXPECT_THAT(doubts_of(step2).notes, testing::Contains(reach));
  ChainResult chain{.step2 = step2};  // whose own targets have none
  chain.step1.points.resize(2);       // of one value: they need no fit
  EXPECT_THAT(doubts_of(chain).notes, testing::Not(testing::Contains(reach)));
}

TEST(LogSigmoid, IsDoubtedWhereTheRunsFollowASigmoidInstead) {
  SimulationSettings halfway = saturating(1, 1500);
  halfway.kinds = {TaskKind::ordinary};
  for (const TaskKind kind : {TaskKind::ordinary, TaskKind::saturating}) {
    halfway.kinds = {kind};
    const Step2Result step2 = step2_of(halfway, 1, {.use_log_sigmoid = true, .test_runs = true});
    EXPECT_TRUE(step2.free_levels);
    EXPECT_THAT(doubts_of(step2).reasons,
                testing::Contains(testing::HasSubstr("do not follow the log-sigmoid")));
    EXPECT_TRUE(fit_to_save(step2).rival);
  }
}

/// Its own interval knows of no other top, where the runs leave many.
TEST(FreeTop, ReachesOverTheHighestTopThatTheRunsLeave) {
  SimulationSettings halfway = saturating(1, 1500);
  halfway.kinds = {TaskKind::ordinary};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Step2Result step2 = step2_of(halfway, seed, {.free_top = true});
    const double top = step2.fitted.value("b");
    if (top > 0.95) continue;
    const Fitted saved = fit_to_save(step2);
    ASSERT_TRUE(saved.rival) << seed;
    EXPECT_GT(saved.rival->value("b"), top) << seed;
  }
}

TEST(FreeTop, ChainsReachOverTheHighestTop) {
  SimulationSettings halfway = saturating(1, 1500);
  halfway.kinds = {TaskKind::ordinary};
  const SimulatedLadder made = simulate_ladder(halfway, 1);
  const ChainResult chain = run_chain(made.ladder, made.ladder, made.tasks,
                                      {.step2 = {.free_top = true}, .n_bootstrap = 200})
                                .front();
  const std::optional<double> highest = highest_end(chain.step2);
  ASSERT_TRUE(highest);
  const double loss = *chain.step1.targets.back().predicted;
  EXPECT_GT(*highest, chain.step2.fitted.value("b"));
  EXPECT_GT(chain.targets.back().interval->upper,
            step2_curve(ending_at(chain.step2, *highest), loss));
}

/// As of the curve with free levels that ends there.
TEST(RejectedTop, IsFoundWhereTheLevelsAreHeld) {
  EXPECT_TRUE(step2_of(saturating(0.8, 100000), 1, {.fixed_levels = true}).top_doubt.rejected_for);
  int doubted = 0;
  for (std::size_t i = 0; i < 40; ++i)
    doubted += step2_of(saturating(1, 100000), i, {.fixed_levels = true}).end_in_doubt();
  EXPECT_LE(doubted, 4);
}

/// A task of two choices whose chance is taken for that of four.
TEST(HeldLevels, AreRejectedWhereChanceIsAnother) {
  SimulationSettings settings = saturating(1, 100000);
  settings.kinds = {TaskKind::ordinary};
  int doubted = 0, doubted_rightly = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const SimulatedLadder made = simulate_ladder(settings, i);
    Task task = made.tasks[0];
    doubted += run_step2(made.ladder, task, {.fixed_levels = true}).free_levels.has_value();
    task.chance -= 0.2;
    doubted_rightly += run_step2(made.ladder, task, {.fixed_levels = true}).free_levels.has_value();
  }
  EXPECT_LE(doubted, 2);
  EXPECT_GE(doubted_rightly, 15);
}

TEST(TopDoubt, IsThereWithoutCountOfQuestionsUnlessRunsSayWhereTheyEnd) {
  constexpr std::size_t kLadders = 40;
  int doubted_at_0_8 = 0, doubted_at_1 = 0;
  for (std::size_t i = 0; i < kLadders; ++i) {
    doubted_at_0_8 += uncounted_step2_of(saturating(0.8, 1500), i).end_in_doubt();
    doubted_at_1 += uncounted_step2_of(saturating(1, 100000), i).end_in_doubt();
  }
  EXPECT_GE(doubted_at_0_8, 38);
  EXPECT_LE(doubted_at_1, 4);
}

TEST(TopDoubt, IsOfAnEndFarBelowWhereRunsAreHalfwayUp) {
  SimulationSettings halfway = saturating(0.8, 300);
  halfway.kinds = {TaskKind::ordinary};
  halfway.n_checkpoints = 3;
  int possible = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto doubt = uncounted_step2_of(halfway, i).top_doubt;
    if (doubt.possible) {
      ++possible;
      EXPECT_FALSE(doubt.rejected_for);
      EXPECT_LT(*doubt.possible, 0.9);
    }
    if (!step2_of(halfway, i).top_doubt.rejected_for) {
      EXPECT_FALSE(step2_of(halfway, i).end_in_doubt());  // the count is known
    }
  }
  EXPECT_GE(possible, 5);
}

/// Runs that are against 80% need not be against 90%, where the task ends.
TEST(TopDoubt, IsOfTheLowestEndThatRunsAreNotAgainst) {
  SimulationSettings halfway = saturating(0.9, 10000);
  halfway.kinds = {TaskKind::ordinary};
  halfway.n_checkpoints = 1;
  halfway.sizes.push_back({"3B", 3e9});
  int n_between = 0, n_held = 0;
  constexpr int kLadders = 20;
  for (std::uint64_t seed = 0; seed < kLadders; ++seed) {
    const TopDoubt doubt = step2_of(halfway, seed).top_doubt;
    const double lowest = doubt.possible.value_or(1);
    n_between += lowest > 0.8 && lowest < 1;
    n_held += doubt.rejected_for || lowest <= 0.9;
  }
  EXPECT_GE(n_between, 2);
  EXPECT_GE(n_held, 0.9 * kLadders);
}

/// What predict reaches over a saved curve does, too.
TEST(TopDoubt, IsKeptWithASavedCurve) {
  SimulationSettings halfway = saturating(0.8, 1500);
  halfway.kinds = {TaskKind::ordinary};
  int n_open = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Step2Result step2 = step2_of(halfway, seed);
    if (!step2.top_doubt.possible || step2.end_in_doubt()) continue;
    ++n_open;
    EXPECT_TRUE(fit_to_save(step2).rival);
    EXPECT_THAT(doubts_besides_fit(step2), testing::IsEmpty());
  }
  EXPECT_GE(n_open, 2);
}

TEST(TopDoubt, IsNotAveragedAway) {
  const SimulationSettings settings = saturating(0.8, 100000);  // of six checkpoints
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    EXPECT_EQ(step2_of(settings, seed).end_in_doubt(),
              step2_of(settings, seed, {.points = {.moving_avg = 5}}).end_in_doubt());
  }
}

TEST(FreeTop, IsTheFitWithoutThePoint) {
  const Step2Result held = step2_of(saturating(0.8, 100000), 1);
  const Step2Result free = without_artificial_point(held);
  EXPECT_EQ(free.fitted.points->size() + 1, held.fitted.points->size());
  EXPECT_EQ(free.fitted.fit.theta,
            step2_of(saturating(0.8, 100000), 1, {.free_top = true}).fitted.fit.theta);
  EXPECT_LT(step2_curve(free, 0.1), step2_curve(held, 0.1));
}

TEST(RejectedTop, WidensTheChainsIntervalToTheFreeCurve) {
  const SimulatedLadder made = simulate_ladder(saturating(0.8, 100000), 1);
  const auto interval = [&](bool free_top) {
    const auto chains =
        run_chain(made.ladder, made.ladder, made.tasks,
                  {.step2 = {.free_top = free_top}, .n_bootstrap = 200, .n_threads = 1});
    return *chains.front().targets.front().interval;
  };
  const Interval held = interval(false), free = interval(true);
  EXPECT_LE(held.lower, free.lower);
  EXPECT_GE(held.upper, free.upper);
  EXPECT_GT(held.upper - held.lower, free.upper - free.lower);
}

}  // namespace
}  // namespace rung::ladder
