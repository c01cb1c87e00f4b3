#include "rung/study/ladder/extrapolate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
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

/// Runs of these sizes, each with a checkpoint at every `step` tokens up to as many steps; the last
/// is to be predicted.
Ladder ladder_of(const std::vector<std::pair<double, double>>& sizes_and_steps, int n_steps) {
  Ladder ladder;
  for (const auto& [size, step] : sizes_and_steps) {
    LadderRun& run = ladder.runs.emplace_back();
    run.model = run.label = std::to_string(static_cast<int>(size / 1e6)) + "M";
    run.n_params.non_embedding = size;
    for (int i = 1; i <= n_steps; ++i) {
      const double d = step * i;
      run.n_tokens.push_back(d);
      run.metrics["loss"].push_back(1.7 + 420 / std::pow(size, 0.34) + 380 / std::pow(d, 0.28));
    }
  }
  ladder.runs.back().mode = Mode::eval;
  return ladder;
}

Task task_of_loss() {
  Task task{.key = "loss", .name = "loss"};
  task.columns_by_metric[static_cast<std::size_t>(Metric::loss)] = {{"loss"}};
  return task;
}

std::vector<double> tokens_of(const Ladder& ladder, ExtrapolateNSettings settings = {}) {
  settings.metric = Metric::loss;
  std::vector<double> tokens;
  for (const ExtrapolateNAtD& at : extrapolate_n(ladder, task_of_loss(), settings).at)
    tokens.push_back(at.n_tokens);
  return tokens;
}

TEST(ExtrapolateN, TakesEachSetOfCheckpointsOnceAtItsTokens) {
  const auto sizes = [](double of_200m) {
    return std::vector<std::pair<double, double>>{
        {1e8, 5e9}, {2e8, of_200m}, {4e8, 5e9}, {8e8, 5e9}, {1.5e9, 5e9}};
  };
  const std::vector<double> expected = {5e9, 1e10, 1.5e10, 2e10};
  EXPECT_EQ(tokens_of(ladder_of(sizes(5e9), 4)), expected);
  EXPECT_EQ(tokens_of(ladder_of(sizes(5.1e9), 4)), expected);  // a bit beyond the others'
  EXPECT_EQ(tokens_of(ladder_of(sizes(5e9), 1)), (std::vector<double>{5e9}));
  const std::vector<double> some = tokens_of(ladder_of(sizes(5e9), 30), {.n_grid = 6});
  EXPECT_EQ(some.size(), 6u);
  for (const double d : some) EXPECT_EQ(std::remainder(d, 5e9), 0) << d;
}

TEST(ExtrapolateN, SaysWhatLacksWhereNoThreeSizesAreMeasuredTogether) {
  const auto error_of = [](const Ladder& ladder) -> std::string {
    try {
      tokens_of(ladder);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(error_of(ladder_of({{1e8, 1.67e9}, {3e8, 5e9}, {7e8, 11.67e9}, {1.5e9, 25e9}}, 12))
                .find("at no D do the longest runs of three training sizes have a checkpoint"),
            std::string::npos);
  EXPECT_NE(error_of(ladder_of({{1e8, 5e9}, {3e8, 5e9}, {1.5e9, 5e9}}, 4))
                .find("2 training sizes are too few"),
            std::string::npos);
}

TEST(ExtrapolateD, DoubtsAnIntervalThatReachesLossesBelowZero) {
  ExtrapolateDResult result;
  result.fitted.fit.identified = true;
  result.at_end.predicted = 0.6;
  result.at_end.interval = Interval{0.9, -0.8, 2.1, "delta"};
  EXPECT_NE(result.interval_doubt().find("losses of 0 and below"), std::string::npos);
  result.at_end.interval->lower = 0.5;
  EXPECT_EQ(result.interval_doubt(), "");
}

/// Twenty checkpoints of a run up to 20B tokens, whose losses may fall faster towards the end, as
/// where the learning rate decays.
Run run_of(double fall_by_decay) {
  Run run{.model = "370M"};
  std::vector<double>& losses = run.metrics["loss"];
  for (int i = 1; i <= 20; ++i) {
    const double share = i / 20.0, d = 2e10 * share, noise = 0.001 * std::sin(7 * i);
    run.n_tokens.push_back(d);
    losses.push_back((2 + 400 / std::pow(d, 0.3)) * (1 + noise - fall_by_decay * share * share));
  }
  return run;
}

ExtrapolateDResult extrapolated(const Run& run, std::optional<double> final_tokens) {
  return extrapolate_d(run, task_of_loss(), {.metric = Metric::loss, .final_tokens = final_tokens});
}

TEST(ExtrapolateD, DoubtsALawThroughAsManyCheckpointsAsParameters) {
  rung::Run run = run_of(0);
  const auto three_and_one = [](std::vector<double>& values) {
    values = {values[4], values[9], values[14], values[19]};
  };
  three_and_one(run.n_tokens);
  three_and_one(run.metrics["loss"]);
  ExtrapolateDSettings settings{.metric = Metric::loss};
  EXPECT_FALSE(extrapolate_d(run, task_of_loss(), settings).is_saturated());
  run.n_tokens.erase(run.n_tokens.begin());
  run.metrics["loss"].erase(run.metrics["loss"].begin());
  const ExtrapolateDResult through = extrapolate_d(run, task_of_loss(), settings);
  EXPECT_TRUE(through.is_saturated());
  EXPECT_FALSE(through.is_determined());
  EXPECT_EQ(through.interval_doubt(),
            "as many parameters as checkpoints, which the law goes through");
}

TEST(ExtrapolateD, ComparesWithTheEndOfTheRunWhateverTheCheckGoesUpTo) {
  rung::Run run = run_of(0);
  run.settings["batch_tokens"] = 1e7;  // 2000 steps
  ExtrapolateDSettings settings{.metric = Metric::loss, .train_step_max = 1000};
  const ExtrapolateDResult all = extrapolate_d(run, task_of_loss(), settings);
  ASSERT_TRUE(all.at_end.actual);
  settings.eval_step_max = 1500;
  EXPECT_EQ(extrapolate_d(run, task_of_loss(), settings).at_end.actual, all.at_end.actual);
  settings.eval_step_max = 1000;
  EXPECT_THROW(settings.validate(), InputError);
}

TEST(ExtrapolateD, DoubtsAPredictionBeyondTheEndThatItsFirstHalfWouldHaveMissed) {
  const ExtrapolateDResult decays = extrapolated(run_of(0.03), 1e12);
  EXPECT_TRUE(decays.is_beyond_end);
  EXPECT_TRUE(decays.misses_rehearsal());
  EXPECT_NE(decays.interval_doubt().find("first half"), std::string::npos);
  const ExtrapolateDResult steady = extrapolated(run_of(0), 1e12);
  EXPECT_TRUE(steady.rehearsal);
  EXPECT_EQ(steady.interval_doubt(), "");
  const ExtrapolateDResult at_end = extrapolated(run_of(0.03), {});
  EXPECT_FALSE(at_end.is_beyond_end);
  EXPECT_FALSE(at_end.rehearsal);
  // By default the second half of the run checks what the first one says of its end.
  EXPECT_GT(at_end.check_error.value(), at_end.fitting_error);
  EXPECT_TRUE(at_end.misses_actual());
  EXPECT_NE(at_end.interval_doubt().find("the run's last checkpoint, at"), std::string::npos);
  EXPECT_EQ(extrapolated(run_of(0), {}).interval_doubt(), "");
}

/// Runs of three sizes, and one to be predicted; the loss of the second at its 17th checkpoint is
/// so many times what it should be.
Ladder with_off_checkpoint(double times) {
  Ladder ladder = ladder_of({{1e8, 1e9}, {2e8, 1e9}, {4e8, 1e9}, {8e8, 1e9}}, 20);
  for (std::size_t run = 0; run < ladder.runs.size(); ++run) {
    std::vector<double>& losses = ladder.runs[run].metrics["loss"];
    for (std::size_t i = 0; i < losses.size(); ++i)
      losses[i] *= 1 + 0.001 * std::sin(static_cast<double>(7 * i + run));
  }
  ladder.runs[1].metrics["loss"][16] *= times;
  return ladder;
}

/// The runs whose results name a checkpoint.
std::vector<std::string> runs_in_doubt(const Ladder& ladder, ExtrapolateDSettings settings = {}) {
  settings.metric = Metric::loss;
  std::vector<LeftOutRun> left_out;
  std::vector<std::string> names;
  for (const ExtrapolateDResult& result :
       run_extrapolate_d(settings, ladder, {task_of_loss()}, left_out)) {
    EXPECT_LE(result.wrong_checkpoints.size(), 1U);
    if (result.wrong_checkpoints.empty()) continue;
    EXPECT_EQ(result.wrong_checkpoints.front().n_tokens, 17e9);
    names.push_back(result.model);
  }
  return names;
}

TEST(ExtrapolateD, NamesCheckpointsThatStandOffTheirRunsWhereTheyCount) {
  const Ladder off = with_off_checkpoint(1.15);
  EXPECT_EQ(runs_in_doubt(off), std::vector<std::string>{"200M"});
  EXPECT_TRUE(runs_in_doubt(with_off_checkpoint(1)).empty());
  const double spike = off.runs[1].metrics.at("loss")[16];
  EXPECT_TRUE(runs_in_doubt(off, {.outlier_threshold = spike * 0.99}).empty());
}

TEST(ExtrapolateN, NamesCheckpointsThatStandOffTheirRunsWhereTheyCount) {
  const auto n_wrong = [](double times, double n_tokens) {
    const ExtrapolateNResult result = extrapolate_n(with_off_checkpoint(times), task_of_loss(),
                                                    {.metric = Metric::loss, .n_tokens = n_tokens});
    return result.at.front().wrong_checkpoints.size();
  };
  EXPECT_EQ(n_wrong(1.15, 17e9), 1U);
  EXPECT_EQ(n_wrong(1.15, 18e9), 0U);
  EXPECT_EQ(n_wrong(1, 17e9), 0U);
}

TEST(ExtrapolateD, CountsStepsAsLoggedOrByTokensAStep) {
  rung::Run run = run_of(0);
  const ExtrapolateDSettings settings{.metric = Metric::loss, .train_step_max = 6000};
  const auto n_fitted = [&] {
    const ExtrapolateDResult result = extrapolate_d(run, task_of_loss(), settings);
    return std::count_if(result.points.begin(), result.points.end(),
                         [](const ExtrapolationPoint& point) { return point.in_fit; });
  };
  EXPECT_THROW(n_fitted(), InputError);
  run.settings["batch_tokens"] = 1e6;  // 20000 steps
  EXPECT_EQ(n_fitted(), 6);
  run.metrics["batch_size_in_tokens"] = std::vector<double>(20, 2e6);
  EXPECT_EQ(n_fitted(), 12);
  run.metrics.erase("batch_size_in_tokens");
  std::vector<double>& steps = run.metrics["step"];
  for (int i = 1; i <= 20; ++i) steps.push_back(2000 * i);
  EXPECT_EQ(n_fitted(), 3);
  steps[1] = std::nan("");
  run.settings.clear();
  EXPECT_EQ(n_fitted(), 3);  // by the tokens a step of the last row
}

}  // namespace
}  // namespace rung::ladder
