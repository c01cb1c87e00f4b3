#include "rung/study/ladder/logged_runs.hpp"

#include <gtest/gtest.h>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/data/imported.hpp"
#include "rung/study/ladder/chance.hpp"

namespace rung::ladder {
namespace {

Run run_named(const std::string& model) {
  rung::Run run{.model = model};
  run.n_params.total = 190e6;
  run.n_tokens = {10, 20, 30};
  run.metrics["eval/c4_en"] = {3.5, 3.25, 3};
  run.metrics["train/loss"] = {3, 3, 3};
  run.metrics["piqa_acc"] = {kNaN, 0.5, 0.6};
  run.metrics["piqa_acc_stderr"] = {kNaN, 0.01, 0.01};
  run.metrics["piqa_n"] = {kNaN, 1838, 1838};
  return run;
}

std::string error_of_request(const LoggedRequest& request, const std::vector<rung::Run>& runs) {
  try {
    logged_ladder(runs, request);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(LoggedRuns, RowsWithEveryColumnAreCheckpoints) {
  const LoggedLadder logged =
      logged_ladder({run_named("190M-1xC"), run_named("190M-2xC")},
                    {.loss = "c4", .accuracies = {"piqa_acc"}, .targets = {"190M-2xC"}});
  ASSERT_EQ(logged.ladder.runs.size(), 2u);
  const LadderRun& run = logged.ladder.runs[0];
  EXPECT_EQ(run.n_tokens, (std::vector<double>{20, 30}));
  EXPECT_EQ(run.metrics.at("eval/c4_en"), (std::vector<double>{3.25, 3}));
  EXPECT_EQ(run.length, "1xC");
  EXPECT_EQ(run.label, "190M");
  EXPECT_EQ(n_params(run), 190e6);
  EXPECT_EQ(run.mode, Mode::train);
  EXPECT_EQ(logged.ladder.runs[1].mode, Mode::eval);
  ASSERT_EQ(logged.tasks.size(), 1u);
  EXPECT_EQ(logged.tasks[0].columns(Metric::c4).front().name, "eval/c4_en");
  EXPECT_EQ(logged.tasks[0].n_examples, 1838);
}

TEST(LoggedRuns, ChancesAreThoseOfTheTasksInTheirNames) {
  Catalogue catalogue = Catalogue::embedded();
  catalogue.add_text(
      "[tasks.\"mine/acc\"]\nname = \"Mine\"\nn_choices = 10\nrc_acc = \"mine/acc\"\n",
      "mine.toml");
  std::vector<Task> tasks;
  for (const char* column :
       {"downstream/piqa_acc_norm", "social_iqa_acc", "hellaswag_acc", "made_up_acc", "mine/acc"}) {
    tasks.push_back({.key = column, .name = column, .n_examples = 100});
    tasks.back().columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{column}};
  }
  Ladder ladder;
  for (const auto& [low, high] : {std::pair(0.01, 0.2), std::pair(0.3, 0.5)}) {
    ladder.runs.emplace_back().metrics["pass_rate"] = {low};
    ladder.runs.back().metrics["made_up_acc"] = {high};
  }
  tasks.push_back({.key = "pass_rate", .name = "pass_rate", .n_examples = 100});
  tasks.back().columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{"pass_rate"}};
  take_chances(catalogue, ladder, tasks);
  const double chances[] = {0.5, 1.0 / 3, 0.25, 0.25, 0.1, 0};
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    EXPECT_DOUBLE_EQ(tasks[t].chance, chances[t]) << tasks[t].name;
    EXPECT_TRUE(tasks[t].has(Metric::rc_acc)) << tasks[t].name;
    EXPECT_EQ(tasks[t].n_examples, 100) << tasks[t].name;
  }
  EXPECT_EQ(tasks[4].name, "Mine");
}

TEST(LoggedRuns, AFileOfTasksNeedsNoColumnsOfThem) {
  LoggedLadder logged = logged_ladder({run_named("190M")}, {.accuracies = {"piqa_acc"}});
  Catalogue catalogue = Catalogue::embedded();
  const std::string text = "[tasks.piqa_acc]\nn_examples = 1000\n";
  EXPECT_THROW(catalogue.add_text(text, "mine.toml"), InputError);
  catalogue.add_text(text, "mine.toml", true);
  take_chances(catalogue, logged.ladder, logged.tasks);
  EXPECT_EQ(logged.tasks[0].n_examples, 1000);
  EXPECT_EQ(logged.tasks[0].chance, 0.5);  // PIQA's
  EXPECT_EQ(logged.tasks[0].columns(Metric::rc_acc).front().name, "piqa_acc");
  catalogue.add_text("[tasks.piqa_acc]\nchance = 0.125\n", "mine.toml", true);
  take_chances(catalogue, logged.ladder, logged.tasks);
  EXPECT_EQ(logged.tasks[0].chance, 0.125);
}

TEST(LoggedRuns, AColumnThatIsNamedTwiceCountsOnce) {
  const LoggedLadder logged =
      logged_ladder({run_named("190M")}, {.loss = "c4", .accuracies = {"piqa_acc", "piqa_acc"}});
  EXPECT_EQ(logged.tasks.size(), 1u);
  EXPECT_EQ(logged.ladder.runs[0].metrics.at("piqa_acc").size(), 2u);
  EXPECT_THROW(logged_ladder({run_named("190M")}, {.loss = "c4", .accuracies = {"c4"}}),
               InputError);
}

TEST(LoggedRuns, AccuraciesInPercentBecomeSharesAndOthersAreRefused) {
  const LoggedRequest request{.loss = "c4", .accuracies = {"piqa_acc"}};
  rung::Run percent = run_named("190M");
  for (double& accuracy : percent.metrics["piqa_acc"]) accuracy *= 100;
  const LoggedLadder logged = logged_ladder({percent, percent}, request);
  for (const LadderRun& run : logged.ladder.runs)
    EXPECT_EQ(run.metrics.at("piqa_acc"), (std::vector<double>{0.5, 0.6}));
  EXPECT_EQ(logged.notes.back(), "piqa_acc is in percent and was divided by 100");
  EXPECT_NE(error_of_request({.loss = "c4", .accuracies = {"train/loss"}}, {run_named("190M")})
                .find("run '190M' has train/loss 3 at 30 tokens, which is no accuracy"),
            std::string::npos);
}

TEST(LoggedRuns, SharesAmongPercentagesAreRefused) {
  const LoggedRequest request{.loss = "c4", .accuracies = {"piqa_acc"}};
  rung::Run percent = run_named("190M");
  for (double& accuracy : percent.metrics["piqa_acc"]) accuracy *= 100;
  EXPECT_NE(error_of_request(request, {percent, percent, percent, run_named("370M")})
                .find("percentages are taken where a column has no others: run '370M' has 0.5 at"),
            std::string::npos);
  rung::Run low = run_named("370M");
  low.metrics["piqa_acc"] = {kNaN, 0.8, 2};
  for (double& accuracy : percent.metrics["piqa_acc"]) accuracy /= 4;
  const LoggedLadder logged = logged_ladder({percent, percent, low}, request);
  EXPECT_DOUBLE_EQ(logged.ladder.runs.back().metrics.at("piqa_acc")[0], 0.008);
  EXPECT_EQ(logged.notes.back(),
            "piqa_acc is in percent and was divided by 100, also its values of 1 and less");
}

TEST(LoggedRuns, RunsThatEndEarlyForABlankCellAreNamed) {
  const LoggedRequest request{.loss = "c4", .accuracies = {"piqa_acc"}};
  rung::Run blank = run_named("190M");
  EXPECT_EQ(logged_ladder({blank}, request).notes.size(), 1U);  // of sizes
  blank.metrics["piqa_acc"].back() = kNaN;
  blank.metrics[kStep] = {1, 2, 3};
  const LoggedLadder logged = logged_ladder({blank, blank}, request);
  EXPECT_EQ(logged.ladder.runs[0].n_tokens, (std::vector<double>{20}));
  EXPECT_EQ(logged.notes.back(),
            "190M has no value of piqa_acc behind step 2, and ends there instead of at step 3; "
            "likewise 1 more run");
  // A loss whose last row is blank, as far behind the others as they are from each other.
  rung::Run loss = run_named("190M");
  loss.metrics["eval/c4_en"].back() = kNaN;
  EXPECT_EQ(logged_ladder({loss}, {.loss = "c4"}).notes.back(),
            "190M has no value of eval/c4_en behind 20 tokens, and ends there instead of at 30 "
            "tokens");
}

TEST(LoggedRuns, CheckpointsInsideThatLackAColumnAreCounted) {
  rung::Run run = run_named("190M");
  run.metrics[kStep] = {1, 2, 3};
  run.metrics["arc_acc"] = {kNaN, kNaN, 0.4};
  const LoggedLadder logged =
      logged_ladder({run, run}, {.loss = "c4", .accuracies = {"piqa_acc", "arc_acc"}});
  EXPECT_EQ(logged.ladder.runs[0].n_tokens, (std::vector<double>{30}));
  EXPECT_EQ(logged.notes.back(),
            "without a value of arc_acc, 2 checkpoints of 2 runs are left out, whatever else is "
            "there: the first is step 2 of 190M");
}

TEST(LoggedRuns, EvaluationsInRowsOfTheirOwnCountAtTheEnd) {
  rung::Run run = run_named("190M");
  run.n_tokens.push_back(31);
  for (auto& [column, values] : run.metrics) values.push_back(kNaN);
  run.metrics["piqa_acc"] = {kNaN, kNaN, kNaN, 0.7};
  const LoggedLadder logged = logged_ladder({run}, {.loss = "c4", .accuracies = {"piqa_acc"}});
  EXPECT_EQ(logged.ladder.runs[0].n_tokens, (std::vector<double>{31}));
  EXPECT_EQ(logged.ladder.runs[0].metrics.at("eval/c4_en"), (std::vector<double>{3}));
  EXPECT_EQ(logged.notes.size(), 2u);
}

TEST(LoggedRuns, LossAlone) {
  const LoggedLadder logged = logged_ladder({run_named("190M")}, {.loss = "train/loss"});
  EXPECT_EQ(logged.tasks.front().key, "train/loss");
  EXPECT_TRUE(logged.tasks.front().has(Metric::loss));
  EXPECT_EQ(logged.ladder.runs.front().n_rows(), 3u);
}

TEST(LoggedRuns, WhatStandsBehindASlashIsMeantBeforeAPartOfAName) {
  rung::Run run = run_named("190M");
  run.metrics["eval/word_bpb"] = run.metrics["eval/little_word_bpb"] = run.metrics["train/loss"];
  EXPECT_EQ(logged_ladder({run}, {.loss = "word_bpb"}).tasks.front().key, "eval/word_bpb");
}

TEST(LoggedRuns, SaysWhatIsNotThere) {
  const std::vector<rung::Run> runs = {run_named("190M")};
  EXPECT_NE(error_of_request({.loss = "bpb"}, runs).find("in no column's name"), std::string::npos);
  EXPECT_NE(error_of_request({.loss = "l"}, runs).find("may mean"), std::string::npos);
  EXPECT_NE(error_of_request({}, runs).find("which columns"), std::string::npos);
  EXPECT_NE(error_of_request({.loss = "c4", .targets = {"7B"}}, runs).find("no run '7B'"),
            std::string::npos);
  std::vector<rung::Run> without = runs;
  without[0].n_params = {};
  const std::string sizeless = error_of_request({.loss = "c4"}, without);
  EXPECT_NE(sizeless.find("says no size"), std::string::npos);
  EXPECT_NE(sizeless.find("a column n_params, params, model_size or size"), std::string::npos);
  without = runs;
  without[0].n_tokens = {kNaN, kNaN, kNaN};
  EXPECT_NE(error_of_request({.loss = "c4"}, without).find("says no tokens"), std::string::npos);
  without = runs;
  without[0].metrics["piqa_acc"] = {kNaN, kNaN, kNaN};
  EXPECT_NE(error_of_request({.loss = "c4", .accuracies = {"piqa_acc"}}, without)
                .find("has no value of piqa_acc in any row"),
            std::string::npos);
}

}  // namespace
}  // namespace rung::ladder
