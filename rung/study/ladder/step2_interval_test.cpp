#include "rung/study/ladder/step2_interval.hpp"

#include <gtest/gtest.h>

#include <array>

#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

/// Checkpoints of a run share its noise: taken for independent, intervals of 90% held a fifth to
/// three fifths of what targets score.
TEST(Step2Intervals, HoldWhatOneMoreRunScores) {
  int n = 0, n_inside = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const SimulatedLadder made =
        simulate_ladder({.n_tasks = 1, .sigmoid_departure = 0, .top = 1.0}, seed);
    const Step2Result step2 = run_step2(made.ladder, made.tasks[0], {});
    for (const TargetPrediction& target : step2.targets) {
      ASSERT_TRUE(target.interval);
      n_inside += *target.covered() ? 1 : 0;
      ++n;
    }
  }
  EXPECT_GE(n_inside, 50) << "of " << n;
}

/// As rung predict sees a saved step: the fitted curve's own interval alone held a third of what
/// runs score where a task ends below what it is held to.
TEST(Step2Intervals, SavedOnesHoldIt) {
  int n = 0, n_inside = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const SimulatedLadder made =
        simulate_ladder({.n_tasks = 1, .sigmoid_departure = 0, .top = 0.85}, seed);
    const Step2Result step2 = run_step2(made.ladder, made.tasks[0], {});
    const Fitted saved = fit_to_save(step2);
    EXPECT_GT(saved.lowest.front(), 0);  // the artificial point is no measurement
    for (const Step2Point& point : step2.points) {
      if (point.origin.mode != Mode::eval) continue;
      const auto interval = saved.interval(std::array{point.x});
      ASSERT_TRUE(interval);
      n_inside += interval->lower <= point.y && point.y <= interval->upper ? 1 : 0;
      ++n;
    }
  }
  EXPECT_GE(n_inside, 50) << "of " << n;
}

}  // namespace
}  // namespace rung::ladder
