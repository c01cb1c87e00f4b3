#include "rung/study/ladder/lower_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "rung/core/parallel.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

/// One task that follows its laws, and goes to `top`.
SimulationSettings going_to(double top, TaskKind kind) {
  SimulationSettings settings;
  settings.n_tasks = 1;
  settings.n_checkpoints = 6;
  settings.law_departure = settings.sigmoid_departure = 0;
  settings.kinds = {kind};
  settings.top = top;
  settings.targets = {{"10x", 3.2e9, 320}, {"70x", 6.9e9, 480}};
  return settings;
}

CombinedTask combined(const SimulationSettings& settings, std::uint64_t seed) {
  const SimulatedLadder made = simulate_ladder(settings, seed);
  return run_combined(made.ladder, made.tasks, {.n_threads = 1}).tasks.front();
}

TEST(LogitInterval, HoldsItsLevelWhicheverEndIsTrue) {
  const auto below = [](double apart) {
    const LogitInterval interval{1, apart, 0.5};
    return (interval.middle - apart - logit(interval.lower(0.9))) / interval.sd;
  };
  EXPECT_NEAR(below(0), 1.6449, 1e-4);
  EXPECT_NEAR(below(0.5), 1.3388, 1e-3);  // 1 standard deviation: Phi(c + 1) - Phi(-c) = 0.9
  EXPECT_NEAR(below(5), 1.2816, 1e-4);
  EXPECT_NEAR(logit((LogitInterval{1, 5, 0.5}.upper(0.9))), 1 + 0.5 * 1.6449, 1e-4);
  const LogitInterval interval{logit(0.5), 0.3, 0.2};
  EXPECT_NEAR(interval.reach(0.5), (0.5 - interval.lower(0.9)) / 0.5, 1e-12);
}

TEST(LowerEnd, IsWhatRunsBendTowardsOrCannotTell) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const CombinedTask near_top = combined(going_to(0.8, TaskKind::saturating), seed);
    ASSERT_TRUE(near_top.lower_end);
    EXPECT_TRUE(near_top.lower_end->maximum_rejected);
    EXPECT_NEAR(near_top.lower_end->accuracy, 0.8, 0.05);
    const CombinedTask halfway = combined(going_to(0.8, TaskKind::ordinary), seed);
    ASSERT_TRUE(halfway.lower_end);
    for (const CombinedTarget& target : halfway.targets) {
      EXPECT_LT(*target.with_lower_end, *target.prediction.predicted);
      EXPECT_GT(target.parts->lower_end, 0);
    }
    const auto to_the_top = combined(going_to(1, TaskKind::saturating), seed).lower_end;
    EXPECT_GT(to_the_top ? to_the_top->accuracy : 1, 0.85);
  }
}

TEST(LowerEnd, IsAskedThroughTheValidationLossWhereThereIsNoOther) {
  SimulationSettings settings = going_to(0.8, TaskKind::ordinary);
  settings.validation_loss_only = true;
  const CombinedTask task = combined(settings, 1);
  ASSERT_TRUE(task.lower_end);
  for (const CombinedTarget& target : task.targets)
    EXPECT_LT(*target.with_lower_end, *target.prediction.predicted);
}

TEST(LowerEnd, IsWithinIntervals) {
  constexpr std::size_t kLadders = 6;
  for (const double top : {0.9, 0.8}) {
    for (const TaskKind kind : {TaskKind::saturating, TaskKind::ordinary}) {
      std::vector<int> inside(kLadders);
      parallel_for(kLadders, 0, [&](std::size_t seed) {
        for (const CombinedTarget& target : combined(going_to(top, kind), 500 + seed).targets) {
          const TargetPrediction& p = target.prediction;
          inside[seed] += p.interval->lower <= *p.actual && *p.actual <= p.interval->upper;
        }
      });
      EXPECT_GE(std::accumulate(inside.begin(), inside.end(), 0), 10) << "of 12, to " << top;
    }
  }
}

TEST(LowerEnd, IsAMarkWhereItIsWhatMakesAnIntervalReachFar) {
  int n_marked = 0, n_sound = 0;
  for (const std::uint64_t seed : {1000U, 1004U, 1005U, 1002U, 1003U}) {
    for (const CombinedTarget& target : combined(going_to(0.8, TaskKind::ordinary), seed).targets) {
      n_sound += target.trust == Trust::sound;
      for (const std::string& why : target.marks)
        n_marked += why.find("do not tell an end at 80% from one at 100%") != std::string::npos;
    }
  }
  EXPECT_EQ(n_marked, 2);
  EXPECT_EQ(n_sound, 8);
  EXPECT_THAT(combined(going_to(0.8, TaskKind::saturating), 1064).targets.back().marks,
              testing::Contains(testing::HasSubstr("the runs bend towards 82%, and not")));
}

constexpr std::size_t kRunOff = 9;

/// A task that ends at 80%, one run's `column` off by `by` at its checkpoints from `first` on.
CombinedTask with_run_off(const std::string& column, double by, std::size_t first,
                          std::size_t last = 5) {
  SimulatedLadder made = simulate_ladder(going_to(0.8, TaskKind::saturating), 3);
  std::vector<double>& values = made.ladder.runs[kRunOff].metrics.at(column);
  for (std::size_t i = first; i <= last; ++i) values[i] += by;
  return run_combined(made.ladder, made.tasks, {.n_threads = 1}).tasks.front();
}

TEST(LowerEnd, IsThatOfTheOthersWhereARunOrACheckpointIsOff) {
  for (const CombinedTask& task :
       {with_run_off("task1/bpb", 0, 0), with_run_off("task1/bpb", 0.4, 0),
        with_run_off("task1/acc", -0.3, 0), with_run_off("task1/acc", -0.5, 3, 3)}) {
    ASSERT_TRUE(task.lower_end);
    EXPECT_TRUE(task.lower_end->maximum_rejected);
    EXPECT_NEAR(task.lower_end->accuracy, 0.8, 0.05);
  }
}

// What the others say without the run or checkpoint is within the interval.
TEST(ReachOver, HoldsWhatIsPredictedWithoutWhatIsOff) {
  const CombinedTask clean = with_run_off("task1/bpb", 0, 0);
  EXPECT_FALSE(clean.targets[0].without_off);
  for (const CombinedTask& task :
       {with_run_off("task1/bpb", 0.4, 0), with_run_off("task1/acc", -0.3, 0),
        with_run_off("task1/acc", -0.5, 3, 3), with_run_off("task1/bpb", 5, 5, 5)}) {
    for (std::size_t k = 0; k < task.targets.size(); ++k) {
      const CombinedTarget& target = task.targets[k];
      ASSERT_TRUE(target.without_off);
      EXPECT_NEAR(*target.without_off, *clean.targets[k].prediction.predicted, 0.02);
      EXPECT_LT(target.prediction.interval->lower, *target.without_off);
      EXPECT_GT(target.prediction.interval->upper, *target.without_off);
      const double p = *target.prediction.predicted;
      EXPECT_GE(*target.reach, std::abs(*target.without_off - p) / p);
    }
  }
}

// A bad run is in the folds, too: none of the growth that is predicted came where it is held out.
TEST(ReachOver, KeepsTheGrowthOfTheOthers) {
  SimulatedLadder made = simulate_ladder(going_to(1, TaskKind::ordinary), 3);
  const auto predicted = [&] {
    return run_combined(made.ladder, made.tasks, {.n_threads = 1}).tasks.front().targets.back();
  };
  const CombinedTarget clean = predicted();
  for (double& accuracy : made.ladder.runs[15].metrics.at("task1/acc")) accuracy -= 0.2;
  const CombinedTarget off = predicted();
  EXPECT_LT(*off.prediction.predicted, *clean.prediction.predicted - 0.1);
  EXPECT_NEAR(*off.without_off, *clean.prediction.predicted, 0.06);
  EXPECT_GT(off.prediction.interval->upper, *clean.prediction.predicted);
}

TEST(MarkWrongRuns, NamesThemAndTheirMeasurement) {
  EXPECT_THAT(with_run_off("task1/bpb", 0, 0).targets[0].marks,
              testing::Not(testing::Contains(testing::HasSubstr("the other runs say"))));
  const CombinedTarget of_loss = with_run_off("task1/bpb", 0.4, 0).targets[0];
  EXPECT_EQ(of_loss.trust, Trust::doubtful);
  EXPECT_THAT(of_loss.marks, testing::Contains(testing::StartsWith("the loss of 760M")));
  const CombinedTarget of_accuracy = with_run_off("task1/acc", -0.3, 0).targets[0];
  EXPECT_EQ(of_accuracy.trust, Trust::doubtful);
  EXPECT_THAT(of_accuracy.marks,
              testing::Contains(testing::StartsWith("for its loss, the accuracy of 760M")));
}

TEST(FittedMembers, EndingLowerAreThoseOfATaskWithThatMaximum) {
  const SimulatedLadder made = simulate_ladder(going_to(0.8, TaskKind::ordinary), 3);
  std::vector<std::string> notes;
  TaskData data = task_data(made.ladder, made.tasks, {}, notes).front();
  std::vector<std::size_t> all(data.runs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::vector<Member> members = members_for(data, Signal::clear);
  const auto refitted = FittedMembers(data, members, all).ending_at(0.8);
  const Scale at = data.targets.back().scale;
  data.task.maximum = 0.8;
  const auto anew = FittedMembers(data, members, all).predict(at);
  for (std::size_t m = 0; m < members.size(); ++m) {
    EXPECT_NEAR(*refitted.predict(at)[m], *anew[m], 1e-4) << members[m].name;
    EXPECT_LT(*anew[m], 0.8);
  }
}

TEST(SettingsFor, TakeTheSecondHalfOfRunsWhoseTasksHaveNoLossOfTheirOwn) {
  for (const bool validation_loss_only : {false, true}) {
    SimulationSettings settings = going_to(1, TaskKind::ordinary);
    settings.validation_loss_only = validation_loss_only;
    const SimulatedLadder made = simulate_ladder(settings, 1);
    EXPECT_EQ(settings_for(made.ladder, made.tasks, {}).skip_perc,
              validation_loss_only ? 0.5 : 0.1);
  }
}

TEST(SettingsFor, AverageOverAQuarterOfARunAtMost) {
  const auto averaged = [](std::size_t n_checkpoints) {
    SimulationSettings settings = going_to(1, TaskKind::ordinary);
    settings.n_checkpoints = n_checkpoints;
    return settings_for(simulate_ladder(settings, 1).ladder, {}, {}).moving_avg;
  };
  EXPECT_EQ(averaged(1), 1U);
  EXPECT_EQ(averaged(6), 1U);
  EXPECT_EQ(averaged(12), 3U);
  EXPECT_EQ(averaged(24), 5U);
}

}  // namespace
}  // namespace rung::ladder
