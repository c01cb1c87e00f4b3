#include "rung/study/ladder/artificial_point.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/parallel.hpp"
#include "rung/study/ladder/simulate.hpp"

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

/// Of so many ladders, the share whose runs reject the point.
double share_rejected(double top, double n_questions, std::size_t n = 100) {
  std::vector<unsigned char> rejected(n);
  parallel_for(n, 0, [&](std::size_t i) {
    rejected[i] = step2_of(saturating(top, n_questions), i).rejected_top.has_value();
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
  const auto found = step2_of(saturating(0.8, 100000), 1).rejected_top;
  ASSERT_TRUE(found);
  EXPECT_NEAR(*found, 0.8, 0.03);
}

TEST(RejectedTop, IsNotAskedWhereTheCurveIsNotHeldToThePoint) {
  const SimulationSettings settings = saturating(0.8, 100000);
  EXPECT_FALSE(step2_of(settings, 1, {.free_top = true}).rejected_top);
  EXPECT_FALSE(step2_of(settings, 1, {.use_log_sigmoid = true}).rejected_top);
  EXPECT_FALSE(step2_of(settings, 1, {.fixed_levels = true}).rejected_top);
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
