#include "rung/study/ladder/combined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/study/ladder/combined_interval.hpp"
#include "rung/study/ladder/diagnose.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The published ladder's shape: 4 sizes x 1, 2, 5, 10 x 20 tokens a parameter.
std::vector<Scale> published_scales() {
  std::vector<Scale> scales;
  for (const auto& [n, flops] :
       {std::pair(1.904e8, 1.903e9), {3.713e8, 3.444e9}, {7.582e8, 6.374e9}, {1.279e9, 1.011e10}}) {
    for (const double length : {1, 2, 5, 10})
      scales.push_back({n, 20.02 * n * length, 20.02 * n * length * flops});
  }
  return scales;
}

TEST(RollingFolds, AreThoseOfTheRecipeOnThePublishedLadder) {
  const std::vector<Fold> folds = rolling_folds(published_scales());
  std::vector<std::pair<std::size_t, std::size_t>> sizes;
  for (const Fold& fold : folds) sizes.emplace_back(fold.train.size(), fold.test.size());
  using P = std::pair<std::size_t, std::size_t>;
  EXPECT_THAT(sizes, ElementsAre(P(12, 4), P(8, 8), P(12, 4), P(8, 8), P(9, 1), P(11, 5), P(7, 3)));
  EXPECT_THAT(folds[0].test, ElementsAre(12, 13, 14, 15));
  EXPECT_THAT(folds[4].test, ElementsAre(15));
  EXPECT_THAT(folds[6].train, ElementsAre(0, 1, 2, 3, 4, 5, 8));
  EXPECT_THAT(folds[6].test, ElementsAre(11, 14, 15));
}

TEST(RollingFolds, OneLengthLeavesSizesAndCompute) {
  std::vector<Scale> scales;
  for (int i = 0; i < 12; ++i) {
    const double n = 1e8 * std::pow(1.5, i);
    scales.push_back({n, 20 * n, std::nullopt});
  }
  for (const Fold& fold : rolling_folds(scales)) {
    EXPECT_THAT(fold.name, testing::Not(HasSubstr("length")));
    EXPECT_GE(fold.train.size(), 7U);
    for (const std::size_t test : fold.test) EXPECT_GT(test, fold.train.back());
  }
}

TEST(RollingFolds, NoneInASmallLadder) {
  const std::vector<Scale> scales = {{1e8, 2e9, {}}, {2e8, 4e9, {}}, {4e8, 8e9, {}}};
  EXPECT_TRUE(rolling_folds(scales).empty());
}

SimulationSettings few(std::size_t n_tasks) {
  SimulationSettings settings;
  settings.n_tasks = n_tasks;
  return settings;
}

TEST(Members, AloneAgreeWithTheCombination) {
  const SimulatedLadder made = simulate_ladder(few(2), 3);
  std::vector<std::string> notes;
  const std::vector<TaskData> data = task_data(made.ladder, made.tasks, {}, notes);
  const CombinedResult result = run_combined(made.ladder, made.tasks, {.intervals = false});
  ASSERT_EQ(result.tasks[1].members.size(), 9U);
  std::vector<std::size_t> all(16);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const Scale at = data[1].targets[0].scale;
  double sum = 0;
  for (std::size_t m = 0; m < 9; ++m) {
    const std::vector<Member> one = {result.tasks[1].members[m]};
    const std::optional<double> alone = FittedMembers(data[1], one, all).predict(at).front();
    ASSERT_TRUE(alone);
    EXPECT_DOUBLE_EQ(*alone, *result.tasks[1].targets[0].members[m]);
    sum += *alone;
  }
  EXPECT_NEAR(*result.tasks[1].targets[0].prediction.predicted, sum / 9, 1e-12);
}

TEST(Combined, NeverLooksAtATarget) {
  SimulatedLadder made = simulate_ladder(few(1), 4);
  const CombinedResult before = run_combined(made.ladder, made.tasks);
  for (ladder::LadderRun& run : made.ladder.runs) {
    if (run.mode != Mode::eval) continue;
    for (auto& [name, values] : run.metrics) {
      for (double& value : values) value *= 0.7;
    }
  }
  const CombinedResult after = run_combined(made.ladder, made.tasks);
  const TargetPrediction &was = before.tasks[0].targets[0].prediction,
                         &is = after.tasks[0].targets[0].prediction;
  EXPECT_NE(*was.actual, *is.actual);
  EXPECT_EQ(*was.predicted, *is.predicted);
  EXPECT_EQ(was.interval->lower, is.interval->lower);
  EXPECT_EQ(*before.backtest_error, *after.backtest_error);
}

TEST(Combined, TheSameOnAnyNumberOfThreads) {
  const SimulatedLadder made = simulate_ladder(few(2), 5);
  const auto one = run_combined(made.ladder, made.tasks, {.n_threads = 1});
  const auto three = run_combined(made.ladder, made.tasks, {.n_threads = 3});
  for (std::size_t t = 0; t < 2; ++t)
    EXPECT_EQ(one.tasks[t].targets[1].prediction.interval->upper,
              three.tasks[t].targets[1].prediction.interval->upper);
}

TEST(Combined, LeavesOutWhatTheLadderLacksAndSaysSo) {
  SimulatedLadder made = simulate_ladder(few(1), 6);
  for (ladder::LadderRun& run : made.ladder.runs) {
    run.metrics.erase("c4");
    run.flops_per_token.reset();
  }
  const CombinedResult result = run_combined(made.ladder, made.tasks);
  std::vector<std::string> names;
  for (const Member& member : result.tasks[0].members) names.push_back(member.name);
  EXPECT_THAT(names, ElementsAre("task_bpb_nd", "task_ce_nd", "single_step"));
  EXPECT_THAT(result.notes, ElementsAre("without validation loss, FLOPs per token: 3 ways of "
                                        "predicting are put together"));
  EXPECT_TRUE(result.tasks[0].targets[0].prediction.interval);
}

TEST(Combined, TooFewRunsGiveNoIntervalButAWord) {
  SimulationSettings settings = few(1);
  settings.lengths = {5};
  settings.sizes.push_back({"2B", 2e9});
  settings.sizes.push_back({"3B", 3e9});
  const SimulatedLadder made = simulate_ladder(settings, 7);
  const CombinedResult result = run_combined(made.ladder, made.tasks);
  EXPECT_FALSE(result.backtest_error);
  EXPECT_FALSE(result.tasks[0].targets[0].prediction.interval);
  EXPECT_TRUE(usable(result));
  EXPECT_THAT(result.notes, Contains(HasSubstr("too few runs")));
}

TEST(Combined, CountsTheWaysThatPredictAndSaysWhyNoneDoes) {
  SimulationSettings settings = few(1);
  settings.lengths = {1, 2};
  settings.sizes.resize(2);
  SimulatedLadder made = simulate_ladder(settings, 7);
  for (ladder::LadderRun& run : made.ladder.runs) run.metrics.erase("c4");
  EXPECT_THAT(run_combined(made.ladder, made.tasks).notes,
              Contains(HasSubstr("without validation loss: 2 ways of predicting are put")));
  const auto last = std::find_if(made.ladder.runs.begin(), made.ladder.runs.end(),
                                 [](const LadderRun& run) { return run.mode == Mode::train; });
  made.ladder.runs.erase(last);
  const CombinedResult result = run_combined(made.ladder, made.tasks);
  EXPECT_EQ(result.why_nothing,
            "3 runs are too few for any way of predicting, which takes 4 or more");
  EXPECT_THAT(result.notes, Contains("nothing is predicted: " + result.why_nothing));
}

TEST(Combined, NoTrainingRunIsAnInputError) {
  SimulatedLadder made = simulate_ladder(few(1), 8);
  for (ladder::LadderRun& run : made.ladder.runs) run.mode = Mode::eval;
  EXPECT_THROW(run_combined(made.ladder, made.tasks), InputError);
}

TEST(Calibration, OfFewRunsIsStudentsT) {
  const Calibration nothing_known({}, 0.9);
  EXPECT_NEAR(nothing_known.multiple(Signal::clear, 3), 2.3534, 1e-4);  // t quantile, 95%
  EXPECT_NEAR(nothing_known.multiple(Signal::clear, 1e5), 1.6449, 1e-4);
  EXPECT_NEAR(nothing_known.mean_absolute(Signal::clear, 3), 2 * std::sqrt(3) / M_PI, 1e-9);
  const std::vector<FoldError> fold(10, FoldError{Signal::clear, 4});
  const Calibration calibration({fold, fold, fold}, 0.9);
  EXPECT_NEAR(calibration.multiple(Signal::clear, 1e5), (4 + 1.6449) / 2, 1e-4);
  EXPECT_NEAR(calibration.mean_absolute(Signal::clear, 1e5), (4 + std::sqrt(2 / M_PI)) / 2, 1e-4);
  EXPECT_EQ(calibration.multiple(Signal::weak, 5), calibration.multiple(Signal::clear, 5));
}

TEST(Combined, IntervalsHoldAboutAsOftenAsTheySay) {
  int n_inside = 0, n = 0;
  double width = 0, error = 0;
  for (std::uint64_t seed = 1000; seed < 1010; ++seed) {
    const SimulatedLadder made = simulate_ladder(few(2), seed);
    for (const CombinedTask& task : run_combined(made.ladder, made.tasks).tasks) {
      for (const CombinedTarget& target : task.targets) {
        const Interval& interval = *target.prediction.interval;
        const double actual = *target.prediction.actual;
        n_inside += interval.lower <= actual && actual <= interval.upper;
        width += interval.upper - interval.lower;
        error += std::abs(*target.prediction.predicted - actual);
        ++n;
      }
    }
  }
  // 40 predictions of 20 independent tasks; tests/slow has 500 ladders.
  EXPECT_GE(n_inside, 30) << "of " << n;
  // Nor wide for their own sake: 90% of a normal error is 4.1 mean errors wide.
  EXPECT_LT(width, 12 * error) << n_inside << " of " << n << " inside";
}

/// Which runs' measurements are off, as flags of their places.
std::vector<std::size_t> off(const TaskDiagnosis& task, bool RunDiagnosis::*flag) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < task.runs.size(); ++i) {
    if (task.runs[i].*flag) places.push_back(i);
  }
  return places;
}

TEST(Diagnose, TellsAWrongAccuracy) {
  SimulatedLadder made = simulate_ladder(few(1), 9);
  for (double& value : made.ladder.runs[6].metrics.at("task1/acc")) value *= 0.8;
  const TaskDiagnosis task = diagnose(made.ladder, made.tasks)[0];
  ASSERT_EQ(task.runs.size(), 16U);
  EXPECT_THAT(off(task, &RunDiagnosis::accuracy_falls_off), ElementsAre(6));
  EXPECT_THAT(off(task, &RunDiagnosis::loss_falls_off), IsEmpty());
  EXPECT_LT(*task.runs[6].z, -task.threshold);
  EXPECT_THAT(task.notes, Contains(HasSubstr("accuracy off the fit of the other runs: ")));
}

/// Too little for the loss's own test, and enough to put the accuracy off its loss.
TEST(Diagnose, BlamesNoAccuracyForAWrongLoss) {
  std::size_t n_accuracies = 0, n_told = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SimulatedLadder made = simulate_ladder(few(1), seed);
    for (double& value : made.ladder.runs[6].metrics.at("task1/bpb")) value *= 1.025;
    const TaskDiagnosis task = diagnose(made.ladder, made.tasks)[0];
    n_accuracies += off(task, &RunDiagnosis::accuracy_falls_off).size();
    n_told += off(task, &RunDiagnosis::loss_falls_off).size() +
              off(task, &RunDiagnosis::either_falls_off).size();
  }
  EXPECT_EQ(n_accuracies, 0U);
  EXPECT_GE(n_told, 3U);
}

/// The fit of all runs follows the largest, and others look wrong.
TEST(Diagnose, TellsAWrongLossOfTheLargestRun) {
  SimulatedLadder made = simulate_ladder(few(1), 9);
  for (double& value : made.ladder.runs[15].metrics.at("task1/bpb")) value *= 1.5;
  const TaskDiagnosis task = diagnose(made.ladder, made.tasks)[0];
  EXPECT_THAT(off(task, &RunDiagnosis::loss_falls_off), ElementsAre(15));
  EXPECT_THAT(off(task, &RunDiagnosis::accuracy_falls_off), IsEmpty());
  EXPECT_NEAR(*task.runs[15].loss_without, *task.runs[15].loss / 1.5, 0.02);
}

TEST(Diagnose, HatValuesSumToTheNumberOfParameters) {
  const SimulatedLadder made = simulate_ladder(few(1), 10);
  const std::vector<TaskDiagnosis> diagnoses = diagnose(made.ladder, made.tasks);
  double sum = 0;
  for (const RunDiagnosis& run : diagnoses[0].runs) {
    ASSERT_TRUE(run.leverage);
    EXPECT_GT(*run.leverage, 0);
    EXPECT_LE(*run.leverage, 1 + 1e-9);
    sum += *run.leverage;
  }
  EXPECT_NEAR(sum, std::round(sum), 1e-6);  // fewer than 5 where a bound holds one
  EXPECT_GE(sum, 3 - 1e-6);
}

TEST(Diagnose, SeesATaskAtChance) {
  SimulatedLadder made = simulate_ladder(few(1), 11);
  for (ladder::LadderRun& run : made.ladder.runs) {
    for (double& value : run.metrics.at("task1/acc")) value = 0.25 + 0.01 * (value - 0.5);
  }
  const TaskDiagnosis task = diagnose(made.ladder, made.tasks)[0];
  EXPECT_EQ(task.n_at_chance, 16U);
  EXPECT_THAT(task.notes, Contains(HasSubstr("no better than guessing")));
}

/// The published ladder, all 8 tasks.
class CombinedOnPublishedLadder : public testing::Test {
 protected:
  void SetUp() override {
    constexpr Metric kWanted[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4, Metric::rc_soft_log};
    const std::vector<std::string> set = {"v2_main"};
    const Catalogue catalogue = Catalogue::embedded();
    tasks_ = catalogue.select(set);
    ladder_ = read_ladder(read_config("published:olmo-ladder/configs/final.json"),
                          columns_of(tasks_, kWanted));
    result_ = run_combined(ladder_, tasks_);
  }

  double member_backtest(const std::string& name) const {
    double sum = 0;
    for (const CombinedTask& task : result_.tasks) {
      for (std::size_t m = 0; m < task.members.size(); ++m) {
        if (task.members[m].name == name) sum += 100 * *task.member_backtest_errors[m];
      }
    }
    return sum / static_cast<double>(result_.tasks.size());
  }

  double error(std::size_t target) const {
    double sum = 0;
    for (const CombinedTask& task : result_.tasks)
      sum += 100 * std::abs(*task.targets[target].prediction.relative_error());
    return sum / static_cast<double>(result_.tasks.size());
  }

  std::vector<Task> tasks_;
  Ladder ladder_;
  CombinedResult result_;
};

TEST_F(CombinedOnPublishedLadder, BacktestPassesThePublishedTwoStep) {
  EXPECT_LE(100 * *result_.backtest_error, 3.0);
  // 2.95 and 3.86 where they were first found. Two of the folds do not identify the law in N and D,
  // so these hang a little on which of the equally good fits is taken.
  EXPECT_NEAR(100 * *result_.backtest_error, 2.95, 0.15);
  EXPECT_NEAR(member_backtest("task_bpb_nd"), 3.86, 0.1);
  EXPECT_NEAR(member_backtest("c4_nd"), 3.63, 0.1);
  EXPECT_NEAR(member_backtest("task_bpb_flops"), 3.86, 0.1);
}

TEST_F(CombinedOnPublishedLadder, ErrorsFarOut) {
  ASSERT_EQ(result_.tasks[0].targets[0].prediction.target.name, "7B-4T");
  EXPECT_NEAR(error(0), 3.79, 0.1);
  EXPECT_NEAR(error(1), 3.40, 0.1);
}

TEST_F(CombinedOnPublishedLadder, IntervalsHoldMostTargets) {
  int n_inside = 0;
  double width = 0;
  for (const CombinedTask& task : result_.tasks) {
    for (const CombinedTarget& target : task.targets) {
      const Interval& interval = *target.prediction.interval;
      n_inside += interval.lower <= *target.prediction.actual &&
                  *target.prediction.actual <= interval.upper;
      width += (interval.upper - interval.lower) / 16;
    }
  }
  EXPECT_GE(n_inside, 13);  // 14 of 16
  EXPECT_LT(width, 0.12);   // 9 points
}

}  // namespace
}  // namespace rung::ladder
