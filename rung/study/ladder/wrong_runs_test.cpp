#include "rung/study/ladder/wrong_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kLargest = 15;

SimulatedLadder sixteen_runs() { return simulate_ladder({.n_tasks = 1}, 9); }

/// With every value of a metric of one run times a factor.
SimulatedLadder with_error(SimulatedLadder made, std::size_t run, const std::string& metric,
                           double factor) {
  for (double& value : made.ladder.runs[run].metrics.at(metric)) value *= factor;
  return made;
}

template <class Result>
std::vector<std::size_t> places(const Result& result) {
  std::vector<std::size_t> runs;
  for (const WrongRun& run : wrong_runs(result)) runs.push_back(run.origin.run);
  return runs;
}

Step1Result step1_of(const SimulatedLadder& made) {
  return run_step1(made.ladder, made.tasks[0], {.test_runs = true});
}

Step2Result step2_of(const SimulatedLadder& made) {
  return run_step2(made.ladder, made.tasks[0], {.test_runs = true});
}

TEST(WrongRuns, AreNoneOfACleanLadder) {
  EXPECT_THAT(places(step1_of(sixteen_runs())), IsEmpty());
  EXPECT_THAT(places(step2_of(sixteen_runs())), IsEmpty());
}

/// Sizes of a quarter of the runs are a thousand times too small: N says nothing any more, the fit
/// is certified, and there is no interval to say how far off it is.
TEST(WrongRuns, OfAWrongSizeLeaveALawInDoubt) {
  SimulatedLadder made = sixteen_runs();
  EXPECT_THAT(doubts_of(step1_of(made)).reasons, IsEmpty());
  for (std::size_t run = 12; run < 16; ++run)
    made.ladder.runs[run].n_params.non_embedding = n_params(made.ladder.runs[run]) / 1000;
  EXPECT_THAT(doubts_of(step1_of(made)).reasons, Contains(HasSubstr("make no difference")));
}

TEST(WrongRuns, AreTheOneWhoseLossIsOffTheLaw) {
  for (const double factor : {1.07, 1.5}) {
    const Step1Result step1 = step1_of(with_error(sixteen_runs(), kLargest, "task1/bpb", factor));
    ASSERT_THAT(places(step1), ElementsAre(kLargest)) << factor;
    const WrongRun run = wrong_runs(step1)[0];
    EXPECT_NEAR(*run.by_others * factor, run.value, 0.03) << factor;
  }
}

TEST(WrongRuns, AreTheOneWhoseAccuracyIsOffTheSingleStep) {
  const auto single_step = [](const SimulatedLadder& made) {
    return run_step1(
        made.ladder, made.tasks[0],
        {.points = {.metric = Metric::rc_acc}, .single_step = true, .test_runs = true});
  };
  EXPECT_THAT(places(single_step(sixteen_runs())), IsEmpty());
  EXPECT_THAT(places(single_step(with_error(sixteen_runs(), kLargest, "task1/acc", 0.8))),
              ElementsAre(kLargest));
}

TEST(WrongRuns, AreTheOneWhoseAccuracyIsOffTheCurve) {
  const Step2Result step2 = step2_of(with_error(sixteen_runs(), kLargest, "task1/acc", 0.8));
  ASSERT_THAT(places(step2), ElementsAre(kLargest));
  EXPECT_GT(*wrong_runs(step2)[0].by_others, 1.1 * wrong_runs(step2)[0].value);
}

/// Checkpoints that differ hide in their noise what their mean shows.
TEST(WrongRuns, AreJudgedByMoreThanTheirLastCheckpoint) {
  int n_found = 0, n_by_last = 0, n_wrong = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatedLadder made = simulate_ladder(
        {.n_tasks = 1, .run_logit_sd = 0, .checkpoint_logit_sd = 0.1, .sigmoid_departure = 0},
        seed);
    n_wrong += places(step2_of(made)).empty() ? 0 : 1;
    made = with_error(std::move(made), kLargest, "task1/acc", 0.8);
    const Step2Settings last{.points = {.last_n_points = 1}, .test_runs = true};
    n_found += places(step2_of(made)) == std::vector{kLargest} ? 1 : 0;
    n_by_last +=
        places(run_step2(made.ladder, made.tasks[0], last)) == std::vector{kLargest} ? 1 : 0;
  }
  EXPECT_GE(n_found, n_by_last + 3);
  EXPECT_LE(n_wrong, 1);
}

/// Six runs that answer nothing scatter by nothing: the others' noise is their own.
TEST(WrongAccuracies, AreNotJudgedByRunsNextToZero) {
  const std::vector<double> losses = {4.6, 4.4, 4.2, 4.0, 3.8, 3.7, 3.4, 3.2, 3.1, 2.9, 2.75, 2.6};
  const std::vector<double> accuracies = {0, 0, 0, 0, 0, 0, 0.033, 0.09, 0.15, 0.22, 0.34, 0.41};
  const Deletions tested = wrong_accuracies(losses, accuracies, Task{});
  for (const DeletionTest& test : tested.points) EXPECT_FALSE(test.off);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_FALSE(tested.points[i].t);
}

}  // namespace
}  // namespace rung::ladder
