#include "rung/study/ladder/wrong_checkpoints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/diagnose.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kWrongRun = 6, kMiddleCheckpoint = 12, kNextToLast = 22;

SimulatedLadder ladder_of_sixteen() { return simulate_ladder({.n_tasks = 1}, 9); }

SimulatedLadder with_value(const std::string& metric, std::size_t checkpoint, double factor) {
  SimulatedLadder made = ladder_of_sixteen();
  made.ladder.runs[kWrongRun].metrics.at(metric)[checkpoint] *= factor;
  return made;
}

TEST(WrongCheckpoints, AreNoneOfCleanLadders) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const SimulatedLadder made = simulate_ladder({.n_tasks = 1, .n_checkpoints = 6 + seed}, seed);
    EXPECT_THAT(wrong_checkpoints(made.ladder, made.tasks[0], Step2Options()), IsEmpty()) << seed;
  }
}

TEST(WrongCheckpoints, AreThoseThatTheStepsUse) {
  const SimulatedLadder made = with_value("task1/bpb", kMiddleCheckpoint, 10);
  EXPECT_THAT(wrong_checkpoints(made.ladder, made.tasks[0], Step1Options{.moving_avg = 5}),
              IsEmpty());
  EXPECT_THAT(wrong_checkpoints(made.ladder, made.tasks[0], Step2Options{.last_n_points = 3}),
              IsEmpty());
  const auto wrong = wrong_checkpoints(made.ladder, made.tasks[0], Step2Options());
  ASSERT_THAT(wrong, SizeIs(1));
  EXPECT_EQ(wrong[0].origin.run, kWrongRun);
  EXPECT_EQ(wrong[0].n_tokens, made.ladder.runs[kWrongRun].n_tokens[kMiddleCheckpoint]);
  EXPECT_NEAR(wrong[0].value, 10 * wrong[0].by_others, 0.03 * wrong[0].value);
  const SimulatedLadder late = with_value("task1/bpb", kNextToLast, 10);
  EXPECT_THAT(
      run_step1(late.ladder, late.tasks[0], {.points = {.moving_avg = 5}}).wrong_checkpoints,
      SizeIs(1));
}

TEST(WrongCheckpoints, AreSaidOfAccuracies) {
  const SimulatedLadder made = with_value("task1/acc", kMiddleCheckpoint, 0);
  const Step2Result step2 = run_step2(made.ladder, made.tasks[0], {});
  ASSERT_THAT(step2.wrong_checkpoints, SizeIs(1));
  EXPECT_THAT(in_words(step2.wrong_checkpoints),
              Contains(AllOf(HasSubstr("task1/acc of "), HasSubstr(" is 0.0% at "),
                             HasSubstr(", and the checkpoints around it say "))));
}

TEST(WrongCheckpoints, MakePredictionsDoubtful) {
  const SimulatedLadder made = with_value("task1/acc", kMiddleCheckpoint, 0);
  const ComparisonResult compared = run_comparison(made.ladder, made.tasks, Metric::rc_acc);
  EXPECT_THAT(compared.notes, Contains(HasSubstr("task1/acc of ")));
  EXPECT_TRUE(compared.entries[0].in_doubt);
  const CombinedTarget target = run_combined(made.ladder, made.tasks).tasks[0].targets[0];
  EXPECT_EQ(target.trust, Trust::doubtful);
  EXPECT_THAT(target.marks, Contains(HasSubstr("task1/acc of ")));
  const TaskDiagnosis task = diagnose(made.ladder, made.tasks)[0];
  EXPECT_THAT(task.runs[kWrongRun].flags(), Contains("checkpoint off"));
  EXPECT_THAT(task.notes, Contains(HasSubstr("checkpoint off its run: task1/acc of ")));
}

TEST(Compare, AveragesGoOverAQuarterOfARunAtMost) {
  const SimulatedLadder few = simulate_ladder({.n_tasks = 1, .n_checkpoints = 8}, 9);
  EXPECT_EQ(within_runs(few.ladder, kPublishedAverage), 2U);
  EXPECT_THAT(run_comparison(few.ladder, few.tasks, Metric::rc_acc).notes,
              Contains(HasSubstr("averages go over 2 of them")));
  EXPECT_FALSE(note_of_average(ladder_of_sixteen().ladder));
  const SimulatedLadder ends = simulate_ladder({.n_tasks = 1, .validation_loss_only = true}, 9);
  EXPECT_FALSE(note_of_average(ends.ladder));
}

TEST(WrongCheckpoints, ThatAreNoLossesAreRefused) {
  for (const double factor : {0.0, -1.0}) {
    const SimulatedLadder made = with_value("task1/bpb", kMiddleCheckpoint, factor);
    EXPECT_THROW(run_step1(made.ladder, made.tasks[0], {}), InputError);
    EXPECT_THROW(run_step2(made.ladder, made.tasks[0], {}), InputError);
    EXPECT_THROW(run_combined(made.ladder, made.tasks), InputError);
  }
}

}  // namespace
}  // namespace rung::ladder
