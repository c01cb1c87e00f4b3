#include "rung/study/ladder/extrapolate.hpp"

#include <gtest/gtest.h>

#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

SimulatedLadder three_sizes() {
  SimulationSettings settings;
  settings.n_tasks = 1;
  settings.sizes.pop_back();
  return simulate_ladder(settings, 1);
}

ExtrapolateNResult extrapolated(const SimulatedLadder& made) {
  return extrapolate_n(made.ladder, made.tasks.front(),
                       {.metric = Metric::rc_bpb, .n_tokens = 3.7e10});
}

TEST(ExtrapolateN, DeterminesNothingFromThreeSizesAtOneDEither) {
  const ExtrapolateNResult result = extrapolated(three_sizes());
  ASSERT_EQ(result.at.size(), 1U);
  EXPECT_EQ(result.at.front().fitted->fit.n_points, 3U);
  for (const auto& prediction : result.at.front().predictions) EXPECT_FALSE(prediction.determined);
  EXPECT_FALSE(result.mean_error);
  EXPECT_TRUE(result.notes.empty());
}

TEST(ExtrapolateN, SaysWhichTargetsAreOfAFittedSizeOrLeftOut) {
  SimulatedLadder made = three_sizes();
  std::erase_if(made.ladder.runs, [](const LadderRun& run) { return run.mode == Mode::eval; });
  std::vector<LadderRun> targets(2, made.ladder.runs.front());
  targets[0].model = "short";
  targets[1].model = "long";
  for (LadderRun& target : targets) target.mode = Mode::eval;
  for (double& d : targets[1].n_tokens) d *= 4;
  made.ladder.runs.insert(made.ladder.runs.end(), targets.begin(), targets.end());
  const ExtrapolateNResult result = extrapolated(made);
  ASSERT_EQ(result.notes.size(), 2U);
  EXPECT_NE(result.notes[0].find("short is left out: long is of its size"), std::string::npos);
  EXPECT_NE(result.notes[1].find("long is of a size that is fitted"), std::string::npos);
}

TEST(ExtrapolateD, DoubtsAnIntervalThatReachesLossesBelowZero) {
  ExtrapolateDResult result;
  result.at_end.predicted = 0.6;
  result.at_end.interval = Interval{0.9, -0.8, 2.1, "delta"};
  EXPECT_NE(result.interval_doubt().find("losses of 0 and below"), std::string::npos);
  result.at_end.interval->lower = 0.5;
  EXPECT_EQ(result.interval_doubt(), "");
}

}  // namespace
}  // namespace rung::ladder
