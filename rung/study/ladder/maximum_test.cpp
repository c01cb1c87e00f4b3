#include "rung/study/ladder/maximum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rung/core/rng.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/series.hpp"
#include "rung/study/ladder/simulate.hpp"
#include "tests/support/error_of.hpp"

namespace rung::ladder {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Maximum : public ::testing::Test {
 protected:
  Maximum() : made_(simulate_ladder({.n_tasks = 1, .sigmoid_departure = 0, .top = 1.0}, 3)) {
    for (const LadderRun& run : made_.ladder.runs) {
      for (const double accuracy : series(run, task(), Metric::rc_acc))
        (run.mode == Mode::train ? trained_ : reached_) =
            std::max(run.mode == Mode::train ? trained_ : reached_, accuracy);
    }
  }

  Task& task() { return made_.tasks[0]; }
  std::string doubt() {
    return doubt_of_maximum(made_.ladder, task(), Metric::rc_acc, {"tasks.toml", 7});
  }
  /// Between what the training runs and the targets score; these are then no part of the ladder.
  void lower_maximum() {
    task().maximum = (trained_ + reached_) / 2;
    std::erase_if(made_.ladder.runs, [](const LadderRun& run) { return run.mode == Mode::eval; });
  }

  SimulatedLadder made_;
  double trained_ = 0, reached_ = 0;  // the most that training runs and targets score
  const Target large_ = {"large", 1e12, 1e14, 6e26};
};

TEST_F(Maximum, BelowARunIsAnErrorWithItsPlace) {
  EXPECT_EQ(doubt(), "");
  task().maximum = reached_ - 0.2;
  EXPECT_THAT(
      error_of([&] { doubt(); }),
      AllOf(HasSubstr("tasks.toml:7: error: task '"), HasSubstr(": run "), HasSubstr(" scores "),
            HasSubstr(", above the maximum of "), HasSubstr("leave it out")));
}

/// Of 480 scores at the maximum the best lies three standard errors above it.
TEST_F(Maximum, IsNotRefusedForTheBestOfManyScores) {
  task().maximum = 0.85;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(4, seed);
    Ladder ladder;
    for (int i = 0; i < 12; ++i) {
      LadderRun& run = ladder.runs.emplace_back();
      run.n_params.non_embedding = 1e8 * (1 + i);
      for (int k = 1; k <= 40; ++k) {
        run.n_tokens.push_back(1e9 * k);
        for (const WeightedColumn& column : task().columns(Metric::rc_acc))
          run.metrics[column.name].push_back(0.85 + score_error(task(), 0.85) * rng.normal());
      }
    }
    EXPECT_THAT(doubt_of_maximum(ladder, task(), Metric::rc_acc, {}), HasSubstr("by chance"));
  }
}

TEST_F(Maximum, BelowARunByChanceIsADoubtOfAllThatIsPredicted) {
  task().maximum = reached_ - 0.004;
  task().maximum_doubt = doubt();
  ASSERT_THAT(task().maximum_doubt, HasSubstr("by chance or because it is too low"));
  EXPECT_THAT(doubts_of(run_step2(made_.ladder, task(), {})).reasons,
              testing::Contains(task().maximum_doubt));
}

TEST_F(Maximum, IsWhereStep2AndTheSingleStepEnd) {
  lower_maximum();
  for (const bool fixed : {true, false}) {
    const Step2Result step2 = run_step2(
        made_.ladder, task(), {.free_top = !fixed, .test_point = false, .fixed_levels = fixed});
    EXPECT_LE(step2.fitted.value("b"), task().maximum);
    if (!fixed) continue;
    EXPECT_NEAR(step2.fitted.value("b"), task().maximum, 1e-3 + 1e-9);
    EXPECT_NEAR(step2_curve(step2, 1e3), task().chance, 2e-3);
  }
  const Step1Result one = run_step1(
      made_.ladder, task(), {.points = {.metric = Metric::rc_acc}, .single_step = true}, {large_});
  EXPECT_LE(one.fitted.value("q"), task().maximum);
  EXPECT_LE(one.targets.back().predicted.value_or(1), task().maximum);
}

TEST_F(Maximum, IsWhereIntervalsEnd) {
  lower_maximum();
  const ChainResult chain = run_chain(made_.ladder, made_.ladder, made_.tasks,
                                      {.n_bootstrap = 100, .n_threads = 1}, {large_})[0];
  ASSERT_TRUE(chain.targets.back().interval);
  EXPECT_LE(chain.targets.back().interval->upper, task().maximum);
}

}  // namespace
}  // namespace rung::ladder
