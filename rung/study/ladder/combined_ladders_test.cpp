// The combined predictor on ladders of other kinds than it was made on: made-up ones with tasks
// that are flat, emerge or are noisy, with validation loss only, with compute only, with
// trajectories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/diagnose.hpp"
#include "rung/study/ladder/simulate.hpp"
#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

SimulationSettings validation_loss_only(std::vector<TaskKind> kinds) {
  SimulationSettings settings;
  settings.n_tasks = kinds.size();
  settings.kinds = std::move(kinds);
  settings.validation_loss_only = true;
  return settings;
}

CombinedResult combined(const SimulatedLadder& made) {
  return run_combined(made.ladder, made.tasks);
}

TEST(CombinedLadders, AFlatTaskStaysNearChanceWithAMarkAndAReason) {
  for (const bool losses : {true, false}) {
    SimulationSettings settings = validation_loss_only({TaskKind::flat, TaskKind::ordinary});
    settings.validation_loss_only = !losses;
    const CombinedResult result = combined(simulate_ladder(settings, 21));
    const CombinedTask& flat = result.tasks[0];
    EXPECT_EQ(flat.signal.signal, Signal::at_chance);
    for (const CombinedTarget& target : flat.targets) {
      EXPECT_NEAR(*target.prediction.predicted, 0.25, 0.04);
      EXPECT_THAT(target.marks, ElementsAre(HasSubstr("show no rise from chance")));
      EXPECT_LT(target.prediction.interval->lower, 0.25);
      EXPECT_GT(target.prediction.interval->upper, 0.3);
    }
    EXPECT_THAT(result.notes, Contains(HasSubstr("no rise from chance in any run")));
    EXPECT_EQ(result.tasks[1].signal.signal, Signal::clear);
  }
}

TEST(CombinedLadders, NothingIsOffByThirtyPercentWithoutAMark) {
  int n_far = 0;
  for (std::uint64_t seed = 100; seed < 106; ++seed) {
    SimulationSettings settings = validation_loss_only(
        {TaskKind::emerging, TaskKind::flat, TaskKind::saturating, TaskKind::ordinary});
    settings.validation_loss_only = seed % 2 == 0;
    for (const CombinedTask& task : combined(simulate_ladder(settings, seed)).tasks) {
      for (const CombinedTarget& target : task.targets) {
        if (std::abs(*target.prediction.relative_error()) < 0.3) continue;
        ++n_far;
        EXPECT_THAT(target.marks, Not(IsEmpty())) << task.task.key << " of seed " << seed;
      }
    }
  }
  EXPECT_GT(n_far, 0) << "no task emerges: the test tests nothing";
}

/// The run with the most compute is then one that should be much better: the folds say that less
/// growth comes than the ways predict, and the interval misses what does.
TEST(CombinedLadders, ARunOfWrongTokensIsNamedOrDecidesNothing) {
  constexpr std::size_t kWrong = 10;
  int n_named = 0, n_held = 0, n = 0;
  for (std::uint64_t seed = 300; seed < 310; ++seed) {
    SimulatedLadder made = simulate_ladder(validation_loss_only({TaskKind::ordinary}), seed);
    const auto names_the_run = [&](const CombinedTarget& target) {
      return std::any_of(target.marks.begin(), target.marks.end(), [&](const std::string& mark) {
        return mark.find(run_name(origin_of(made.ladder, kWrong))) != std::string::npos;
      });
    };
    const CombinedResult clean = combined(made);
    for (const CombinedTarget& target : clean.tasks[0].targets)
      EXPECT_FALSE(names_the_run(target)) << seed;
    for (double& tokens : made.ladder.runs[kWrong].n_tokens) tokens *= 100;
    const CombinedResult wrong = combined(made);
    for (const CombinedTarget& target : wrong.tasks[0].targets) {
      ++n;
      n_named += names_the_run(target) ? 1 : 0;
      n_held += target.prediction.covered().value_or(false) ? 1 : 0;
    }
  }
  EXPECT_GE(n_named, 0.8 * n);
  EXPECT_GE(n_held, 0.8 * n);
}

TEST(CombinedLadders, TrustIsByHowFarTheIntervalReachesAndWhetherRunsHaveLeftChance) {
  SimulationSettings settings =
      validation_loss_only({TaskKind::ordinary, TaskKind::flat, TaskKind::noisy});
  settings.targets = {{"2B", 2e9, 100}, {"70B", 7e10, 400}};
  settings.n_examples = 20000;
  std::size_t n_of[3] = {};
  for (std::uint64_t seed = 80; seed < 84; ++seed) {
    for (const CombinedTask& task : combined(simulate_ladder(settings, seed)).tasks) {
      for (const CombinedTarget& target : task.targets) {
        ++n_of[static_cast<std::size_t>(target.trust)];
        EXPECT_EQ(target.trust == Trust::sound, target.marks.empty());
        const double p = *target.prediction.predicted;
        const Interval& interval = *target.prediction.interval;
        const double reach = std::max(interval.upper - p, p - interval.lower) / p;
        EXPECT_NEAR(*target.reach, reach, 1e-3);
        if (task.task.n_examples < 1000) continue;
        const bool at_chance = task.signal.signal == Signal::at_chance;
        EXPECT_EQ(target.trust, reach > 0.3                 ? Trust::doubtful
                                : reach > 0.15 || at_chance ? Trust::rough
                                                            : Trust::sound);
      }
    }
  }
  for (const std::size_t n : n_of) EXPECT_GT(n, 0U);
}

TEST(CombinedLadders, TrustHangsOnNoLevel) {
  const SimulatedLadder made = simulate_ladder(validation_loss_only({TaskKind::flat}), 21);
  const auto trust = [&](double level) {
    return run_combined(made.ladder, made.tasks, {.level = level}).tasks[0].targets[0].trust;
  };
  EXPECT_EQ(trust(0.5), Trust::doubtful);
  EXPECT_EQ(trust(0.9), Trust::doubtful);
}

TEST(CombinedLadders, FewQuestionsAreAMark) {
  SimulationSettings settings = validation_loss_only({TaskKind::ordinary});
  const auto marks = [&](double n_examples) {
    settings.n_examples = n_examples;
    return combined(simulate_ladder(settings, 61)).tasks[0].targets[0].marks;
  };
  EXPECT_THAT(marks(12), Contains(HasSubstr("with 12 questions two standard errors")));
  EXPECT_THAT(marks(1500), IsEmpty());
}

TEST(CombinedLadders, AWeakSignalSaysHowMuchOfItsGrowthIsKept) {
  int n_weak = 0, n_shares = 0;
  const auto says_a_share =
      testing::Matches(Contains(HasSubstr("less growth came in the backtest")));
  SimulationSettings settings = validation_loss_only({TaskKind::noisy, TaskKind::ordinary});
  settings.run_logit_sd = 0.3;
  for (std::uint64_t seed = 70; seed < 76; ++seed) {
    for (const CombinedTask& task : combined(simulate_ladder(settings, seed)).tasks) {
      if (task.signal.signal != Signal::weak) continue;
      ++n_weak;
      n_shares += says_a_share(task.targets[0].marks) ? 1 : 0;
      EXPECT_THAT(task.targets[0].marks, Contains(HasSubstr("differ among themselves")));
      EXPECT_GE(*task.targets[0].prediction.predicted, task.signal.reached - 1e-9);
    }
  }
  EXPECT_GT(n_weak, 0) << "no signal is weak: the test tests nothing";
  EXPECT_GT(n_shares, 0);
}

TEST(CombinedLadders, ValidationLossOnlyIsSaidInOneLine) {
  const CombinedResult result =
      combined(simulate_ladder(validation_loss_only({TaskKind::ordinary, TaskKind::ordinary}), 22));
  EXPECT_THAT(result.notes,
              ElementsAre("without bits per byte of the answers, cross-entropy over the answers: 4 "
                          "ways of predicting are put together"));
  EXPECT_EQ(result.tasks[0].members.size(), 4U);
  EXPECT_TRUE(result.tasks[0].targets[0].prediction.interval);
}

TEST(CombinedLadders, AnyLoggedLossIsTakenAsTheOneOnC4Is) {
  SimulatedLadder made =
      simulate_ladder(validation_loss_only({TaskKind::ordinary, TaskKind::ordinary}), 22);
  const CombinedResult on_c4 = combined(made);
  for (Task& task : made.tasks) {
    auto& columns = task.columns_by_metric;
    std::swap(columns[static_cast<std::size_t>(Metric::c4)],
              columns[static_cast<std::size_t>(Metric::loss)]);
  }
  const CombinedResult other = combined(made);
  EXPECT_EQ(other.notes, on_c4.notes);
  ASSERT_EQ(other.tasks[0].members.size(), 4U);
  EXPECT_EQ(other.tasks[0].targets[0].prediction.predicted,
            on_c4.tasks[0].targets[0].prediction.predicted);
}

TEST(CombinedLadders, OneLossOfSeveralTasksIsNoMeanOverThem) {
  SimulatedLadder made = simulate_ladder({.n_tasks = 2}, 1);
  std::vector<std::string> notes;
  const auto has_mean = [&] {
    const std::vector<TaskData> data = task_data(made.ladder, made.tasks, {}, notes);
    return data[0].has[index_of(ThroughLoss::mean_bpb)];
  };
  EXPECT_TRUE(has_mean());
  constexpr auto kBpb = static_cast<std::size_t>(Metric::rc_bpb);
  made.tasks[1].columns_by_metric[kBpb] = made.tasks[0].columns_by_metric[kBpb];
  EXPECT_FALSE(has_mean());
}

TEST(CombinedLadders, TwoChancesAreToldTogether) {
  SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 1);
  Task& task = made.tasks[0];
  for (LadderRun& run : made.ladder.runs) {  // from near 50% on
    for (double& accuracy : run.metrics.at(task.columns(Metric::rc_acc).front().name))
      accuracy = 0.5 + 0.5 * std::max(0.0, (accuracy - 0.4) / 0.6);
  }
  task.chance_is_assumed = true;
  const TaskDiagnosis found = diagnose(made.ladder, made.tasks)[0];
  ASSERT_EQ(found.other_chance, 0.5);
  EXPECT_THAT(found.notes, Contains(AllOf(HasSubstr("what is predicted goes by 25%"),
                                          HasSubstr("at chance are runs near 50%"))));
  const CombinedResult result = run_combined(made.ladder, made.tasks, {});
  for (const CombinedTarget& target : result.tasks[0].targets) {
    ASSERT_TRUE(target.with_other_chance);
    const std::vector<std::string>& words =
        target.trust == Trust::sound ? result.notes : target.marks;
    EXPECT_THAT(words, Contains(AllOf(HasSubstr("nobody says how often a guess is right"),
                                      HasSubstr("50%"))));
  }
}

TEST(CombinedLadders, ExpectsMoreErrorFurtherOut) {
  SimulationSettings settings = validation_loss_only({TaskKind::ordinary});
  settings.targets = {{"2B", 2e9, 100}, {"70B", 7e10, 200}};
  const CombinedTask task = combined(simulate_ladder(settings, 23)).tasks[0];
  EXPECT_LT(task.targets[0].log_distance, task.targets[1].log_distance);
  EXPECT_LT(*task.targets[0].expected_error, *task.targets[1].expected_error);
}

// One model twice: as the runs count its FLOPs, and with FLOPs that nobody knows.
TEST(CombinedLadders, ATargetWithoutFlopsIsSaidAndItsDistanceKeepsToOneCount) {
  SimulationSettings settings;
  settings.n_tasks = 1;
  settings.sizes = {{"200M", 2e8}, {"400M", 4e8}, {"800M", 8e8}, {"1.6B", 1.6e9}};
  settings.targets = {{"8B", 8e9, 100}};
  SimulatedLadder made = simulate_ladder(settings, 23);
  for (LadderRun& run : made.ladder.runs) *run.flops_per_token *= 1.5;
  const CombinedResult result =
      run_combined(made.ladder, made.tasks, {.n_threads = 1}, {{"copy", 8e9, 8e11, {}}});
  EXPECT_THAT(result.notes, Contains(HasSubstr("copy: its FLOPs per token are not known")));
  const CombinedTarget &known = result.tasks[0].targets[0], &copy = result.tasks[0].targets[1];
  ASSERT_EQ(known.prediction.target.n_tokens, copy.prediction.target.n_tokens);
  EXPECT_NEAR(known.log_distance, copy.log_distance, 1e-9);
}

TEST(CombinedLadders, ALargerRunReachesWhatTheLargestHave) {
  SimulationSettings settings = validation_loss_only({TaskKind::flat, TaskKind::ordinary});
  for (std::uint64_t seed = 40; seed < 48; ++seed) {
    for (const CombinedTask& task : combined(simulate_ladder(settings, seed)).tasks) {
      for (const CombinedTarget& target : task.targets)
        EXPECT_GE(*target.prediction.predicted, task.signal.reached) << task.task.key << seed;
    }
  }
}

// Near chance all ways may be too low together, unless a loss of the task's own shows what comes.
TEST(CombinedLadders, AnEarlyTaskWithoutALossOfItsOwnDriftsWithDistance) {
  SimulationSettings settings = validation_loss_only({TaskKind::ordinary});
  settings.sizes = {{"20M", 20e6}, {"40M", 40e6}, {"80M", 80e6}, {"160M", 160e6}};
  const auto discrepancy_and_least = [&] {
    const CombinedTask task = combined(simulate_ladder(settings, 60)).tasks[0];
    EXPECT_EQ(task.signal.signal, Signal::clear);
    EXPECT_TRUE(task.signal.early());
    const CombinedTarget& target = task.targets[1];
    if (settings.validation_loss_only) {  // which no spread of the ways shows
      EXPECT_THAT(target.marks, Contains(HasSubstr("the runs are only leaving chance")));
    }
    return std::pair(target.parts->discrepancy, 0.15 * target.log_distance);
  };
  const auto [without, least_without] = discrepancy_and_least();
  EXPECT_NEAR(without, least_without, 1e-9);
  settings.validation_loss_only = false;
  const auto [with_loss, least_with] = discrepancy_and_least();
  EXPECT_LT(with_loss, least_with);
}

TEST(CombinedLadders, OneTokenCountLeavesNoLawInBothAndSaysSo) {
  SimulatedLadder made = simulate_ladder(validation_loss_only({TaskKind::ordinary}), 24);
  for (LadderRun& run : made.ladder.runs) run.n_tokens = {1e11};
  const CombinedResult result = combined(made);
  EXPECT_THAT(result.notes, Contains(HasSubstr("runs of several sizes and token counts")));
  std::vector<std::string> names;
  for (const Member& member : result.tasks[0].members) names.push_back(member.name);
  EXPECT_THAT(names, ElementsAre("c4_flops", "c4_free_flops", "direct_flops"));
}

TEST(CombinedLadders, ComputeAloneIsPredictedFromFewSizes) {
  SimulationSettings settings = validation_loss_only({TaskKind::ordinary});
  settings.lengths = {5};
  settings.sizes.push_back({"2B", 2e9});
  settings.sizes.push_back({"3B", 3e9});
  SimulatedLadder made = simulate_ladder(settings, 25);
  for (LadderRun& run : made.ladder.runs) run.metrics.erase("c4");
  const CombinedResult result = combined(made);
  const TargetPrediction& target = result.tasks[0].targets[0].prediction;
  EXPECT_LT(std::abs(*target.relative_error()), 0.3);
  EXPECT_TRUE(target.interval);
  EXPECT_TRUE(result.backtest_error);
}

SimulatedLadder trajectories(std::uint64_t seed) {
  SimulationSettings settings = validation_loss_only(
      {TaskKind::ordinary, TaskKind::ordinary, TaskKind::ordinary, TaskKind::ordinary});
  settings.shared_trajectories = true;
  settings.run_sd = 0.006;
  settings.run_logit_sd = 0.1;
  settings.sizes.push_back({"90M", 90e6});
  settings.sizes.push_back({"550M", 550e6});
  return simulate_ladder(settings, seed);
}

TEST(CombinedLadders, CutsOfOneTrainingAreNoticed) {
  const auto asks = testing::Contains(HasSubstr("say --cluster model"));
  int n_noticed = 0;
  for (std::uint64_t seed = 26; seed < 34; ++seed)
    n_noticed += testing::Matches(asks)(combined(trajectories(seed)).notes) ? 1 : 0;
  EXPECT_GE(n_noticed, 7);
  SimulationSettings apart = validation_loss_only({TaskKind::ordinary, TaskKind::ordinary});
  EXPECT_THAT(combined(simulate_ladder(apart, 26)).notes, Not(asks));
}

TEST(CombinedLadders, ClustersAreHeldOutWholeAndCountOnceInTheNoise) {
  SimulatedLadder made = trajectories(27);
  const CombinedResult alone = combined(made);
  cluster_runs(made.ladder, ClusterBy::model);
  const CombinedResult clustered = combined(made);
  EXPECT_LT(clustered.folds.size(), alone.folds.size());
  EXPECT_THAT(clustered.notes, Not(Contains(HasSubstr("say --cluster"))));
  for (const Fold& fold : clustered.folds) {
    for (const std::size_t test : fold.test) {
      for (const std::size_t train : fold.train)
        EXPECT_NE(made.ladder.runs[test].model, made.ladder.runs[train].model) << fold.name;
    }
  }
  for (std::size_t t = 0; t < made.tasks.size(); ++t) {
    EXPECT_GT(clustered.tasks[t].targets[0].parts->run, alone.tasks[t].targets[0].parts->run);
  }
}

}  // namespace
}  // namespace rung::ladder
