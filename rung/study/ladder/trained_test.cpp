#include "rung/study/ladder/trained.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

TEST(Trained, KeepsAShareOfTheGrowthBeyondTheLargestRunOnly) {
  const SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 3);
  std::vector<std::string> notes;
  const TaskData data = task_data(made.ladder, made.tasks, {}, notes).front();
  std::vector<std::size_t> all(data.runs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  FitMemory memory;
  Trained trained(data, RunClusters(data.runs), all, memory);
  const Scale beyond = data.targets[0].scale, within = data.runs[0].scale;
  const double before = *trained.predict(beyond).combination.predicted;
  const double inside = *trained.predict(within).combination.predicted;
  ASSERT_GT(before, trained.signal().reached);
  trained.keep_growth(0.25);
  EXPECT_NEAR(logit(*trained.predict(beyond).combination.predicted),
              0.25 * logit(before) + 0.75 * logit(trained.signal().reached), 1e-12);
  EXPECT_EQ(*trained.predict(within).combination.predicted, inside);
}

FoldPoint grown(double predicted, double actual) {
  const double reached = logit(0.3);
  return {.point = {.log_distance = 1, .actual = actual, .predicted = predicted},
          .growth = Growth{logit(predicted) - reached, logit(actual) - reached},
          .sd = 0.1};
}

TEST(KeepGrowthThatCame, EachFoldKeepsWhatTheOthersSay) {
  std::vector<std::vector<FoldPoint>> folds = {{grown(0.5, 0.3)}, {grown(0.6, 0.6)}};
  const double share = keep_growth_that_came(folds, Signal::weak);
  EXPECT_GT(share, 0.5);  // 0 of a smaller growth, all of a larger
  EXPECT_LT(share, 1);
  EXPECT_NEAR(*folds[0][0].point.predicted, 0.5, 1e-12);
  const double of_first = share_of_growth(std::vector<std::vector<Growth>>{{*folds[0][0].growth}});
  EXPECT_NEAR(logit(*folds[1][0].point.predicted),
              logit(0.3) + of_first * (logit(0.6) - logit(0.3)), 1e-12);
}

}  // namespace
}  // namespace rung::ladder
