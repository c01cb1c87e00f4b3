#include "rung/study/ladder/inside_runs.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung::ladder {
namespace {

/// Runs of two sizes and three lengths, whose losses lie above those of their ends by up to so much
/// until a learning rate has decayed.
Ladder ladder_of(double above) {
  Ladder ladder;
  for (const double n : {2e8, 4e8}) {
    for (const int length : {1, 2, 5}) {
      LadderRun& run = ladder.runs.emplace_back();
      run.mode = Mode::train;
      run.n_params.non_embedding = n;
      const double of_run = 0.002 * std::sin(n / 1e7 + length);
      for (int i = 1; i <= 20; ++i) {
        const double share = i / 20.0, d = 20 * n * length * share;
        const double rate = (1 + std::cos(3.14159 * share)) / 2;
        run.n_tokens.push_back(d);
        run.metrics["loss"].push_back((2 + 300 / std::pow(n, 0.3) + 400 / std::pow(d, 0.3)) *
                                      (1 + above * rate + of_run));
      }
    }
  }
  return ladder;
}

TEST(InsideRuns, IsThatOfADecayingLearningRate) {
  Task task{.key = "loss", .name = "loss"};
  task.columns_by_metric[static_cast<std::size_t>(Metric::loss)] = {{"loss"}};
  const auto gap = inside_runs(ladder_of(0.03), task, Metric::loss).gap;
  ASSERT_TRUE(gap);
  EXPECT_GT(*gap, 0.01);
  EXPECT_LT(*gap, 0.03);
  EXPECT_FALSE(inside_runs(ladder_of(0), task, Metric::loss).gap);
  EXPECT_TRUE(inside_runs(ladder_of(0), task, Metric::loss).tested);
  Ladder alone = ladder_of(0);
  alone.runs.resize(1);
  EXPECT_FALSE(inside_runs(alone, task, Metric::loss).tested);
}

}  // namespace
}  // namespace rung::ladder
