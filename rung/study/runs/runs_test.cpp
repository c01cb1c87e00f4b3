#include "rung/study/runs/runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/rng.hpp"
#include "rung/data/imported.hpp"

namespace rung::runs {
namespace {

double law(double tokens) { return 2 + 400 * std::pow(tokens, -0.25); }

/// A run on the law, with noise, up to a share of its 20e9 tokens.
rung::Run run_up_to(const std::string& model, double share, std::uint64_t seed,
                    double noise = 0.01) {
  rung::Run run{.model = model};
  run.n_params.total = 1e9;
  Rng rng(seed);
  for (int i = 1; i <= 400 * share; ++i) {
    run.n_tokens.push_back(20e9 * i / 400);
    run.metrics[kStep].push_back(i * 10);
    run.metrics["train/loss"].push_back(law(run.n_tokens.back()) + noise * rng.normal());
    run.metrics["optim/learning_rate"].push_back(1e-3);
  }
  return run;
}

TEST(Smoothed, MeansAroundEachRow) {
  const std::vector<double> y = {1, 2, 6, 4, 5};
  EXPECT_EQ(smoothed(y, 1), y);
  EXPECT_EQ(smoothed(y, 3), (std::vector<double>{1, 3, 4, 5, 5}));
  EXPECT_EQ(smoothed(y, 2), smoothed(y, 3));
  EXPECT_EQ(smoothed(y, 99), (std::vector<double>{1, 3, 3.6, 5, 5}));
}

TEST(Spikes, AreFoundAndNoneWhereThereAreNone) {
  rung::Run run = run_up_to("a", 1, 1);
  std::vector<double>& loss = run.metrics["train/loss"];
  EXPECT_TRUE(spikes_of({run.n_tokens, loss}).empty());
  loss[200] += 1, loss[201] += 0.5, loss[300] += 0.7;
  const std::vector<Spike> spikes = spikes_of({run.n_tokens, loss});
  ASSERT_EQ(spikes.size(), 2u);
  EXPECT_EQ(spikes[0].first, 200u);
  EXPECT_EQ(spikes[0].last, 201u);
  EXPECT_NEAR(spikes[0].height, 1, 0.05);
  EXPECT_FALSE(divergence_of({run.n_tokens, loss}));
  EXPECT_EQ(without_trouble({run.n_tokens, loss}).y.size(), loss.size() - 3);
}

// Half a nat above a falling curve is a spike to the eye wherever it stands and however few the
// rows.
TEST(Spikes, AreFoundInShortRunsAndNearTheirEnds) {
  for (const std::size_t n : {12U, 24U, 40U}) {
    Curve clean;
    for (std::size_t i = 1; i <= n; ++i) {
      clean.x.push_back(20e9 * static_cast<double>(i) / static_cast<double>(n));
      clean.y.push_back(law(clean.x.back()) + 0.005 * std::sin(7.0 * static_cast<double>(i)));
    }
    EXPECT_TRUE(spikes_of(clean).empty()) << n;
    for (const std::size_t at : {n / 2, n - 3}) {
      Curve curve = clean;
      curve.y[at] += 0.5;
      const std::vector<Spike> spikes = spikes_of(curve);
      ASSERT_EQ(spikes.size(), 1U) << n << ", " << at;
      EXPECT_EQ(spikes[0].first, at) << n;
      EXPECT_NEAR(spikes[0].height, 0.5, 0.1) << n;
    }
  }
}

// Where the curve falls faster than it scatters, rows are their own medians: that is no quiet.
TEST(Spikes, AreNotTheNoiseOfAShortRun) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const rung::Run run = run_up_to("a", 0.15, seed, 0.02);
    EXPECT_TRUE(spikes_of({run.n_tokens, run.metrics.at("train/loss")}).empty()) << seed;
  }
}

TEST(Spikes, OfAFewRowsAreNotCountedAndThatIsKnown) {
  EXPECT_FALSE(tells_spikes({{1, 2, 3}, {3, 9, 2}}));
  EXPECT_TRUE(spikes_of({{1, 2, 3}, {3, 9, 2}}).empty());
}

TEST(Divergence, WhereTheLossRisesForGood) {
  rung::Run run = run_up_to("a", 1, 2);
  std::vector<double>& loss = run.metrics["train/loss"];
  for (std::size_t i = 350; i < loss.size(); ++i) loss[i] += 0.02 * static_cast<double>(i - 350);
  const auto at = divergence_of({run.n_tokens, loss});
  ASSERT_TRUE(at);
  EXPECT_NEAR(static_cast<double>(*at), 350, 15);
  loss.back() = kInfinity;
  EXPECT_TRUE(divergence_of({run.n_tokens, loss}));
}

TEST(Divergence, WhereTheLossIsNoNumberAnyMore) {
  rung::Run logged = run_up_to("a-1xC", 0.5, 2);
  std::vector<double>& loss = logged.metrics["train/loss"];
  std::fill(loss.begin() + 150, loss.end(), kNaN);
  const Result result = run({}, {logged});
  EXPECT_EQ(result.runs[0].state, State::diverged);
  EXPECT_EQ(result.runs[0].divergence, 149u);
  EXPECT_EQ(result.notes[0], "a-1xC has no number in its last 50 rows");
  loss.back() = 3;  // evaluations, say: seldom
  EXPECT_EQ(n_lost_at_end(loss), 0u);
  loss.resize(153);  // rows that others logged after the end
  EXPECT_EQ(n_lost_at_end(loss), 0u);
}

TEST(FinalLoss, IntervalsHoldTheEnd) {
  std::size_t n_held = 0;
  constexpr std::size_t kRuns = 20;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const rung::Run run = run_up_to("a", 0.5, 100 + seed);
    const auto end = final_loss({run.n_tokens, run.metrics.at("train/loss")}, {.at = 20e9});
    ASSERT_TRUE(end);
    EXPECT_NEAR(*end->prediction.predicted, law(20e9), 0.02);
    ASSERT_TRUE(end->prediction.interval);
    n_held += end->prediction.interval->lower <= law(20e9) &&
              law(20e9) <= end->prediction.interval->upper;
  }
  EXPECT_GE(n_held, 16u);
}

TEST(FinalLoss, LearningRateIsTakenIntoAccount) {
  // A rate that decays to 0 in the end lowers the loss by 0.1: half of that is still to come.
  Curve curve;
  FinalLossRequest request{.at = 20e9, .lr_share_at_end = 0, .n_replicates = 50};
  Rng rng(1);
  for (int i = 1; i <= 300; ++i) {
    const double share = i < 200 ? 1 : 1 - (i - 200) / 200.0;
    curve.x.push_back(20e9 * i / 400);
    curve.y.push_back(law(curve.x.back()) + 0.1 * share + 0.002 * rng.normal());
    request.lr_share.push_back(share);
  }
  const auto end = final_loss(curve, request);
  ASSERT_TRUE(end);
  EXPECT_NEAR(*end->prediction.predicted, law(20e9), 0.01);
  EXPECT_FALSE(final_loss({{1, 2}, {3, 2}}, {.at = 3}));
}

TEST(Runs, ListsFiltersSortsCompares) {
  const std::vector<rung::Run> runs = {run_up_to("1B-1xC", 1, 1), run_up_to("b-1xC", 0.5, 2),
                                       run_up_to("c", 1, 3)};
  const Result all = run({.smooth = 5}, runs);
  EXPECT_EQ(all.metric, "train/loss");
  ASSERT_EQ(all.runs.size(), 3u);
  EXPECT_EQ(all.runs[0].state, State::finished);
  EXPECT_EQ(all.runs[1].state, State::unfinished);
  EXPECT_EQ(*all.runs[1].planned, 20e9);
  ASSERT_TRUE(all.runs[1].extrapolated);
  EXPECT_EQ(all.runs[2].state, State::finished);
  EXPECT_EQ(all.notes.size(), 1u);
  const Result sorted = run({.where = "n_tokens > 15e9", .sort = "-final", .first = 1}, runs);
  EXPECT_EQ(sorted.runs.size(), 1u);
  const Result compared = run({.against = "c"}, runs);
  EXPECT_EQ(compared.runs[1].difference->to, 10e9);
  EXPECT_NEAR(compared.runs[1].difference->value, 0, 0.01);
  EXPECT_FALSE(compared.runs[2].difference);
  const Result by_flops = run({.axis = Axis::flops}, runs);
  EXPECT_EQ(by_flops.runs[0].curve.x.back(), 6 * 1e9 * 20e9);
}

// The name says tokens, the settings may say steps: the end is the same over each axis.
TEST(Runs, AreFinishedOrNotWhateverTheyAreDrawnOver) {
  rung::Run by_name = run_up_to("a-1xC", 0.5, 1), by_setting = run_up_to("b", 0.25, 2);
  by_setting.settings["max_steps"] = 4000;
  for (rung::Run* run : {&by_name, &by_setting}) {
    for (std::size_t i = 0; i < run->n_rows(); ++i)
      run->metrics[kSeconds].push_back(90 * static_cast<double>(i + 1));
  }
  for (const auto& [axis, end] : {std::pair(Axis::tokens, 20e9),
                                  {Axis::steps, 4000.0},
                                  {Axis::flops, 6 * 1e9 * 20e9},
                                  {Axis::time, 10.0}}) {
    const Result result = run({.axis = axis}, {by_name, by_setting});
    for (const RunSummary& each : result.runs) {
      EXPECT_EQ(each.state, State::unfinished) << axis_name(axis);
      ASSERT_TRUE(each.planned);
      EXPECT_NEAR(*each.planned, end, 1e-9 * end) << each.model;
    }
  }
  by_name.n_tokens.assign(by_name.n_rows(), kNaN);  // nothing leads from tokens to steps
  EXPECT_FALSE(run({.axis = Axis::steps}, {by_name}).runs[0].planned);
}

TEST(Runs, AnAccuracyThatRisesDoesNotDiverge) {
  rung::Run run_of_scores{.model = "a-1xC"};
  for (int i = 1; i <= 60; ++i) {
    run_of_scores.n_tokens.push_back(1e8 * i);
    run_of_scores.metrics["quiz"].push_back(0.25 + 0.01 * i);
  }
  EXPECT_NE(run({.metric = "quiz"}, {run_of_scores}).runs[0].state, State::diverged);
}

TEST(Runs, SaysWhereTooFewRowsHaveNoEnd) {
  rung::Run few{.model = "few-1xC"};
  few.n_params.total = 1e9;
  for (int i = 1; i <= 8; ++i) {
    few.n_tokens.push_back(1e9 * i);
    few.metrics["train/loss"].push_back(law(1e9 * i));
  }
  const Result result = run({}, {few});
  ASSERT_EQ(result.runs[0].state, State::unfinished);
  EXPECT_FALSE(result.runs[0].extrapolated);
  ASSERT_FALSE(result.notes.empty());
  EXPECT_EQ(result.notes.front().substr(0, 18), "where few-1xC will");
}

/// 90 s a row, by a clock that counts since 1970.
TEST(Runs, OverTimeByTheSpeedSoFar) {
  rung::Run half = run_up_to("a-1xC", 0.5, 4);
  for (std::size_t i = 0; i < half.n_rows(); ++i)
    half.metrics[kSeconds].push_back(1.7e9 + 90 * static_cast<double>(i));
  half.metrics["train/loss"][100] += 1;
  const Result result = run({.axis = Axis::time}, {half});
  const RunSummary& summary = result.runs[0];
  EXPECT_EQ(summary.curve.x.front(), 0);
  EXPECT_DOUBLE_EQ(summary.curve.x.back(), 199 * 90 / 3600.0);
  EXPECT_EQ(summary.state, State::unfinished);
  EXPECT_NEAR(*summary.planned, 2 * summary.curve.x.back(), 1e-9);
  ASSERT_TRUE(summary.extrapolated);
  EXPECT_NEAR(summary.extrapolated->x.back(), *summary.planned, 1e-9);
  EXPECT_NEAR(*summary.extrapolated->prediction.predicted, law(20e9), 0.05);
  ASSERT_EQ(summary.spikes.size(), 1u);
  EXPECT_EQ(summary.lr.x, summary.curve.x);
  // Without a clock there is nothing to draw, which is said.
  const Result without = run({.axis = Axis::time}, {run_up_to("b", 1, 5)});
  EXPECT_TRUE(without.runs[0].curve.x.empty());
  EXPECT_NE(without.notes.back().find("no run has train/loss against hours"), std::string::npos);
  const Result mixed = run({.axis = Axis::time}, {half, run_up_to("b", 1, 5)});
  EXPECT_EQ(mixed.notes.back().substr(0, 30), "b has no train/loss against ho");
}

TEST(Runs, OverStepsWhereNoRunSaysItsTokens) {
  rung::Run logged = run_up_to("a", 1, 3);
  logged.n_tokens.assign(logged.n_tokens.size(), kNaN);
  const Result result = run({}, {logged});
  EXPECT_EQ(result.axis, Axis::steps);
  EXPECT_EQ(result.runs[0].curve.x.size(), 400u);
  EXPECT_TRUE(result.runs[0].final_value.has_value());
  EXPECT_EQ(run({.axis = Axis::tokens}, {logged}).notes.size(), 1u);
  logged.metrics["max_steps"].assign(400, 8000);  // as a column
  EXPECT_EQ(run({}, {logged}).runs[0].state, State::unfinished);
  logged.metrics.erase("max_steps");
  logged.metrics[kSeconds] = std::move(logged.metrics[kStep]);
  logged.metrics.erase(kStep);
  const Result by_time = run({}, {logged});
  EXPECT_EQ(by_time.axis, Axis::time);
  EXPECT_TRUE(by_time.runs[0].final_value.has_value());
  EXPECT_EQ(run({}, {logged, run_up_to("b", 1, 4)}).axis, Axis::tokens);
}

TEST(Runs, RefusesWhatIsNotThere) {
  const std::vector<rung::Run> runs = {run_up_to("a", 1, 1)};
  EXPECT_THROW(run({.metric = "accuracy"}, runs), InputError);
  EXPECT_THROW(run({.metric = "r"}, runs), InputError);
  EXPECT_THROW(run({.where = "n_tokens > 1e15"}, runs), InputError);
  const auto refusal = [&](const Request& request) -> std::string {
    try {
      run(request, runs);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal({.sort = "n_tokns"}),
            "error: --sort: there is no column 'n_tokns' (did you mean 'n_tokens'?)");
  EXPECT_EQ(refusal({.sort = "foo"}),
            "error: --sort: there is no column 'foo' (columns are model, state, n_params, "
            "n_tokens, step, final, spikes)");
  EXPECT_EQ(refusal({.against = "nope"}), "error: --against: there is no run 'nope' (runs are a)");
  EXPECT_THROW(run({.smooth = 0}, runs), InputError);
  EXPECT_THROW(parse_axis("hours"), InputError);
}

}  // namespace
}  // namespace rung::runs
