#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "tests/cli/small_ladder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json first_task(const Ran& ran) {
  EXPECT_EQ(ran.status, 0) << ran.err;
  return json::parse(ran.out)["results"][0];
}

TEST(LadderCombined, SaysHowFarATargetIsWhatToExpectAndWhetherToTrustIt) {
  const json task =
      first_task(SmallLadder().run("predict", {"--method", "combined", "--json", "-"}));
  const json& target = task["targets"][0];
  EXPECT_EQ(task["signal"].get<std::string>(), "clear");
  EXPECT_EQ(task["settings"]["moving_avg"].get<int>(), 2);  // of ten checkpoints
  EXPECT_GT(target["compute_ratio"].get<double>(), 1);
  EXPECT_EQ(target["trusted"].get<bool>(), target["marks"].empty());
  EXPECT_FALSE(target["interval_parts"].empty());
  EXPECT_LT(target["expected_error"].get<double>(), 1);
}

// Twelve runs of one file are twelve trainings: they can be held out, and the interval holds what
// the law that made them says.
TEST(LadderCombined, RunsAsTheyWereLoggedAreHeldOut) {
  const std::string logs = std::string(RUNG_SOURCE_DIR) + "/docs/examples/ladder";
  const json task = first_task(
      run_rung({"ladder", "predict", logs + "/wandb.csv", logs + "/evals", "--batch-tokens",
                "1048576", "--loss", "c4", "--accuracy", "hellaswag_acc_norm", "-n", "7B", "-d",
                "4T", "--method", "combined", "--json", "-"}));
  EXPECT_LT(task["backtest_error"].get<double>(), 0.03);
  constexpr double kLaw = 0.901;
  const json& interval = task["targets"][0]["interval"];
  EXPECT_LT(interval["lower"].get<double>(), kLaw);
  EXPECT_GT(interval["upper"].get<double>(), kLaw);
}

/// Gives every run of a small ladder other losses and accuracies: by its place and a checkpoint's.
void replace_runs(SmallLadder& ladder, const std::function<std::string(int, int)>& values) {
  int place = 0;
  for (const char* name : {"S-1xC.csv", "S-4xC.csv", "S-10xC.csv", "M-1xC.csv", "M-4xC.csv",
                           "M-10xC.csv", "L-1xC.csv", "L-4xC.csv", "L-10xC.csv", "big.csv"}) {
    ++place;
    std::string csv = "throughput/total_tokens,x,y\n";
    for (int i = 1; i <= 10; ++i) csv += fmt::format("{}e9,{}\n", i * place, values(place, i));
    ladder.write(name, csv);
  }
}

// Accuracies that never leave chance: a word, and a prediction near them.
TEST(LadderCombined, SaysThatATaskIsAtChance) {
  SmallLadder ladder;
  replace_runs(ladder, [](int place, int i) {
    return fmt::format("{},{}", 2 - 0.01 * i, 0.25 + 0.003 * ((i + place) % 3));
  });
  const Ran ran = ladder.run("predict", {"--method", "combined"});
  EXPECT_THAT(ran.out, HasSubstr("no rise from chance in any run"));
  EXPECT_THAT(ran.err, HasSubstr("the number of questions is not known"));
  const json task = first_task(ladder.run("predict", {"--method", "combined", "--json", "-"}));
  EXPECT_EQ(task["signal"].get<std::string>(), "at chance");
  EXPECT_EQ(task["targets"][0]["trusted"].get<bool>(), task["targets"][0]["reach"] <= 0.15);
  EXPECT_NEAR(task["targets"][0]["predicted"].get<double>(), 0.25, 0.02);
}

// As of an evaluation that is broken: nothing follows from one value, neither at chance nor above.
TEST(LadderCombined, OneAccuracyInAllRunsIsNoPrediction) {
  SmallLadder ladder;
  replace_runs(ladder,
               [](int place, int i) { return fmt::format("{},0.5", 3 - 0.1 * place - 0.01 * i); });
  for (const char* method : {"combined", "two-step"}) {
    const Ran ran = ladder.run("predict", {"--method", method, "--json", "-"});
    const json target = first_task(ran)["targets"][0];
    EXPECT_TRUE(target["interval"].is_null()) << method;
    EXPECT_THAT(ladder.run("predict", {"--method", method}).out,
                HasSubstr("is 50.00% in all runs: nothing says how it goes on"))
        << method;
  }
}

TEST(LadderCombined, RefusesTheSettingsOfTheTwoSteps) {
  const SmallLadder ladder;
  const std::vector<std::vector<std::string>> settings = {
      {"-x", "c4"},           {"--moving_avg", "5"},
      {"--skip_perc", "0.1"}, {"--last_n_points", "3"},
      {"--use_log_sigmoid"},  {"--free-top"},
      {"--bootstrap", "10"}};
  for (std::vector<std::string> words : settings) {
    const std::string says = "--method combined takes no " + words.front() + ":";
    words.insert(words.end(), {"--method", "combined"});
    const Ran ran = ladder.run("predict", words);
    EXPECT_EQ(ran.status, 2) << says;
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
}

// Near its end a task's relative errors are smaller than halfway, where the folds' are.
TEST(LadderCombined, SaysWhyLessIsExpectedThanTheBacktestErred) {
  const auto says_why = HasSubstr("That is less than the backtest's");
  SmallLadder ladder;
  const Ran below = ladder.run("predict", {"--method", "combined"});
  EXPECT_THAT(below.out, says_why);
  const json task = first_task(ladder.run("predict", {"--method", "combined", "--json", "-"}));
  EXPECT_LT(task["targets"][0]["expected_error"], task["backtest_error"]);
  const std::string logs = std::string(RUNG_SOURCE_DIR) + "/docs/examples/ladder";
  const Ran above =
      run_rung({"ladder", "predict", logs + "/wandb.csv", logs + "/evals", "--batch-tokens",
                "1048576", "--loss", "c4", "--accuracy", "hellaswag_acc_norm", "-n", "7B", "-d",
                "4T", "--method", "combined"});
  EXPECT_THAT(above.out, HasSubstr("To expect at the targets' distance"));
  EXPECT_THAT(above.out, testing::Not(says_why));
}

TEST(LadderCombined, HasTheTwoStepsCsvColumnsInShares) {
  const SmallLadder ladder;
  const auto lines_of = [&](const std::string& method) {
    const Ran ran = ladder.run("predict", {"--method", method, "--csv", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return split(ran.out, '\n');
  };
  const auto two_step = lines_of("two-step"), combined = lines_of("combined");
  constexpr std::string_view kDoubts = ",doubts";  // combined predictions have marks
  ASSERT_TRUE(two_step[0].ends_with(kDoubts));
  const std::string columns_of_both = two_step[0].substr(0, two_step[0].size() - kDoubts.size());
  EXPECT_THAT(combined[0], testing::StartsWith(columns_of_both + ",trust,marks,"));
  const std::vector<std::string> columns = split(combined[0], ','), cells = split(combined[1], ',');
  ASSERT_EQ(cells.size(), columns.size());
  const auto cell = [&](const std::string& name) {
    return cells[static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                          columns.begin())];
  };
  const json target =
      first_task(ladder.run("predict", {"--method", "combined", "--json", "-"}))["targets"][0];
  EXPECT_EQ(cell("Task"), "t");
  EXPECT_EQ(cell("target"), "big");
  EXPECT_EQ(cell("trusted"), target["trusted"].get<bool>() ? "yes" : "no");
  EXPECT_EQ(cell("trust"), target["trust"].get<std::string>());
  EXPECT_EQ(std::stod(cell("y_pred")), target["predicted"].get<double>());
  EXPECT_EQ(std::stod(cell("lower")), target["interval"]["lower"].get<double>());
  EXPECT_EQ(std::stod(cell("expected_error")), target["expected_error"].get<double>());
}

TEST(LadderCombined, WritesLatex) {
  const Ran ran = SmallLadder().run("predict", {"--method", "combined", "--latex", "-"});
  EXPECT_THAT(ran.out, testing::StartsWith("\\begin{tabular}"));
}

TEST(LadderCombined, TakesTheRunsOfAModelForOneTraining) {
  const SmallLadder ladder;
  const auto interval = [&](const std::string& method, const std::string& cluster) {
    std::vector<std::string> words = {"--method", method, "--cluster", cluster, "--json", "-"};
    if (method != "combined") words.insert(words.end(), {"--bootstrap", "100"});
    return first_task(ladder.run("predict", words))["targets"][0]["interval"].dump();
  };
  EXPECT_NE(interval("combined", "run"), interval("combined", "model"));
  EXPECT_NE(interval("two-step", "run"), interval("two-step", "model"));
  EXPECT_EQ(ladder.run("predict", {"--cluster", "size"}).status, 2);
}

}  // namespace
}  // namespace rung::cli
