/// The ladder's commands on runs as they were logged: what is said of them besides the numbers.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "tests/cli/logged_ladder.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoggedRunsTest : public LoggedLadderTest {};

TEST_F(LoggedRunsTest, AnAccuracyThatStaysIsDoubtedForThat) {
  write_runs(5);
  for (const char* command : {"step2", "single-step", "predict"}) {
    EXPECT_THAT(ladder(command, "flat").out,
                AllOf(HasSubstr("(!) flat: "), HasSubstr("Accuracy is 25.00% in all"),
                      Not(HasSubstr("better optimum"))))
        << command;
    EXPECT_THAT(ladder(command, "right").out, Not(HasSubstr("in all runs"))) << command;
  }
}

TEST_F(LoggedRunsTest, WhatRunsDoNotTellIsDoubted) {
  write_runs(5);
  const std::vector<std::string> target = {"-n", "7B", "-d", "4T"};
  for (const char* command : {"step2", "predict", "single-step", "predict-flops"})
    EXPECT_THAT(ladder(command, "guessed").out, HasSubstr("the runs show no rise from chance"))
        << command;
  EXPECT_THAT(
      run_rung({"ladder", "step1", runs_, "--accuracy", "steep", "-n", "1e15", "-d", "1e15"}).out,
      HasSubstr("(!) steep: the law goes to 1"));
  EXPECT_THAT(ladder("step1", "right", {"--runs", "^190M|^370M-[12]x"}).out,
              HasSubstr("5 runs for a law of 5 parameters"));
  EXPECT_THAT(ladder("predict", "right", target).out,
              AllOf(Not(HasSubstr("left chance")), Not(HasSubstr("no accuracy"))));
}

TEST_F(LoggedRunsTest, ARunOfOneRowDoesNotStopTheOthersBeingExtrapolated) {
  write_runs(8);
  write_file(runs_, read_file(runs_) + "2B-1xC,2e9,4e10,2.4,0.6,0.4,0.25,0.25,0.4,0.6\n");
  const std::vector<std::string> words = {"ladder", "extrapolate-d", runs_, "--loss", "val"};
  const Ran ran = run_rung(words);
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.err, HasSubstr("1 run is left out: 2B-1xC: the fit's window holds 1"));
  EXPECT_THAT(ran.out, HasSubstr("190M-1xC"));
  write_runs(1);
  EXPECT_THAT(run_rung(words).err, HasSubstr("the fit's window holds 1 checkpoint"));
  write_runs(8);
  write_file(runs_, read_file(runs_) + "2B-1xC,2e9,4e10,2.4,0.6,0.4,0.25,0.25,0.4,0.6\n" +
                        "2B-2xC,2e9,8e10,2.3,0.6,0.4,0.25,0.25,0.4,0.6\n");
  EXPECT_THAT(run_rung(words).err,
              HasSubstr("2 runs are left out: 2B-1xC, 2B-2xC: the fit's window holds 1"));
}

TEST_F(LoggedRunsTest, NothingPassesATasksMaximum) {
  write_runs(5);
  const std::string tasks = (folder_.path() / "tasks.toml").string();
  write_file(tasks, "[tasks.right]\nmaximum = 0.85\n");
  const Ran ran =
      ladder("predict", "right",
             {"-n", "7B", "-d", "4T", "--method", "combined", "--tasks", tasks, "--csv", "-"});
  const std::vector<std::string> header = split(ran.out.substr(0, ran.out.find('\n')), ',');
  const std::vector<std::string> row = split(split(ran.out, '\n').at(1), ',');
  const auto upper = std::find(header.begin(), header.end(), "upper") - header.begin();
  EXPECT_LE(std::stod(row.at(static_cast<std::size_t>(upper))), 0.85);
  write_file(tasks, "[tasks.right]\nmaximum = 80\n");
  EXPECT_EQ(ladder("predict", "right", {"--tasks", tasks}).status, 2);
}

TEST_F(LoggedRunsTest, ASizeUnlikeTheNameIsWarnedOf) {
  write_file(runs_, "model,n_params,n_tokens,val\n190M-1xC,190,3.8e9,3.3\n370M-1xC,370,7.4e9,3\n");
  EXPECT_THAT(run_rung({"import", runs_}).err, HasSubstr("counted in millions?"));
  write_runs(1);
  EXPECT_THAT(run_rung({"import", runs_}).err, Not(HasSubstr("millions")));
}

TEST_F(LoggedRunsTest, ARateOfErrorsIsToldFromAnAccuracy) {
  write_runs(5);
  EXPECT_THAT(ladder("predict", "wrong").err, HasSubstr("as a rate of errors does"));
  EXPECT_THAT(ladder("predict", "right").err, Not(HasSubstr("rate of errors")));
}

TEST_F(LoggedRunsTest, OptionsThatChangeNothingAreNamed) {
  const std::vector<std::string> options = {"--moving_avg", "3", "--skip_perc", "0.2"};
  const auto named =
      AllOf(HasSubstr("--moving_avg changes nothing"), HasSubstr("--skip_perc changes nothing"));
  write_runs(1);
  EXPECT_THAT(ladder("predict", "right", options).err, named);
  EXPECT_THAT(ladder("step2", "right", {"--last_n_points", "1"}).err,
              HasSubstr("--last_n_points changes nothing"));
  write_runs(5);
  EXPECT_THAT(ladder("predict", "right", options).err, Not(HasSubstr("changes nothing")));
  EXPECT_THAT(ladder("step2", "right", {"--last_n_points", "2"}).err,
              Not(HasSubstr("changes nothing")));
}

TEST_F(LoggedRunsTest, AMetricThatIsTheDefaultIsRefusedAsOthersAre) {
  write_runs(5);
  for (const auto& [command, metric] : {std::pair("extrapolate-d", "c4"),
                                        {"extrapolate-n", "c4"},
                                        {"variance", "rc_bpb"},
                                        {"step1", "rc_bpb"}}) {
    const Ran ran = ladder(command, "right", {"-y", metric});
    EXPECT_EQ(ran.status, 2) << command;
    EXPECT_THAT(ran.err, HasSubstr("names a metric of a configuration's runs")) << command;
  }
  for (const auto& [command, metric] : {std::pair("extrapolate-d", "loss"), {"step2", "rc_acc"}})
    EXPECT_EQ(ladder(command, "right", {"-y", metric}).status, 0) << command;
}

TEST_F(LoggedRunsTest, ATargetsNameThatSaysAnotherLengthIsWarnedOf) {
  write_runs(5);
  const std::vector<std::string> target = {"-n", "7B", "-d", "4T", "-t"};
  const auto named = [&](const char* name) {
    std::vector<std::string> words = target;
    words.emplace_back(name);
    return ladder("predict", "right", words).err;
  };
  EXPECT_THAT(named("7B-9T"), HasSubstr("-t 7B-9T names 9T tokens, and -d says 4T, which counts"));
  EXPECT_THAT(named("7B-4T"), Not(HasSubstr("which counts")));
  EXPECT_THAT(named("big-one"), Not(HasSubstr("which counts")));
}

TEST_F(LoggedRunsTest, OfTooFewRunsMoreAreAskedFor) {
  write_runs(5);
  const Ran ran = ladder("predict", "right", {"--runs", "190M", "-n", "7B", "-d", "4T"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("(add runs)"), Not(HasSubstr("fix parameters"))));
}

TEST_F(LoggedRunsTest, AWordAmongLossesNamesItsLine) {
  write_runs(5);
  std::string csv = read_file(runs_);
  csv.replace(csv.find("3."), 2, "x");
  write_file(runs_, csv);
  const Ran ran = ladder("predict", "right");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("runs.csv:2: error: column 'val' holds text"));
}

TEST_F(LoggedRunsTest, VarianceSaysHowManyCheckpointsThereAre) {
  write_runs(5);
  EXPECT_THAT(ladder("variance", "right", {"--runs", "1300M-5xC"}).out,
              HasSubstr("Spread over all 5 checkpoints of 1300M-5xC (fewer than"));
  EXPECT_THAT(ladder("variance", "right", {"--runs", "1300M-5xC", "--last_n_points", "3"}).out,
              HasSubstr("Spread over the last 3 checkpoints of"));
}

/// Its changes are those of what `predict` says with the choice made differently.
TEST_F(LoggedRunsTest, SensitivityOfAModelThatDoesNotExistYet) {
  write_runs(5);
  const std::vector<std::string> target = {"-n", "7B", "-d", "1T"};
  std::vector<std::string> words = target;
  words.insert(words.end(), {"--json", "-"});
  const auto entries =
      nlohmann::json::parse(ladder("sensitivity", "right", words).out).at("results");
  ASSERT_FALSE(entries.empty());
  bool any_moves = false;
  for (const auto& entry : entries) {
    EXPECT_TRUE(entry["actual"].is_null());
    EXPECT_NE(entry["choice"], "count_n");  // N is what FLOPs per token / 6 are
    any_moves = any_moves || entry["change"] != 0;
  }
  EXPECT_TRUE(any_moves);
  std::vector<std::string> averaged = words;
  averaged.insert(averaged.end(), {"--moving_avg", "3", "--skip_perc", "0.1", "--bootstrap", "0"});
  const auto predicted = nlohmann::json::parse(ladder("predict", "right", averaged).out);
  EXPECT_NEAR(entries[0]["predicted"], predicted["results"][0]["targets"][0]["predicted"], 1e-9);
  const std::string text = ladder("sensitivity", "right", target).out;
  EXPECT_THAT(text, AllOf(HasSubstr("change, points"), Not(HasSubstr("error"))));
}

TEST_F(LoggedRunsTest, ALossThatTasksShareIsToldOnceByItsOwnName) {
  write_runs(5);
  const std::string accuracies = "right,steep";
  const auto results = [&](const char* command, std::vector<std::string> more) {
    more.insert(more.end(), {"--json", "-"});
    return nlohmann::json::parse(ladder(command, accuracies, more).out).at("results");
  };
  for (const char* command : {"step1", "step1-flops", "extrapolate-d"}) {
    const auto found = results(command, {});
    ASSERT_EQ(found.size(), std::string(command) == "extrapolate-d" ? 12u : 1u) << command;
    EXPECT_EQ(found[0]["task"], "val") << command;
  }
  EXPECT_EQ(results("extrapolate-n", {"--targets", "1300M-5xC"}).size(), 1u);
  EXPECT_EQ(results("variance", {"--runs", "1300M-5xC"}).size(), 2u);  // accuracies of their own
  const std::string figure = (folder_.path() / "variance.svg").string();
  EXPECT_EQ(ladder("variance", accuracies, {"--runs", "1300M-5xC", "-o", figure}).status, 0);
  EXPECT_THAT(read_file(figure), AllOf(HasSubstr(">val: "), HasSubstr("right, accuracy"),
                                       Not(HasSubstr("right, loss"))));
  // Saved, it is each accuracy's.
  const std::string loss = (folder_.path() / "loss.json").string();
  const std::string accuracy = (folder_.path() / "accuracy.json").string();
  ladder("step1", accuracies, {"--save-fit", loss});
  ladder("step2", accuracies, {"--save-fit", accuracy});
  const Ran asked = run_rung(
      {"allocate", "--fit", loss, "--accuracy-fit", accuracy, "--budget", "1e21", "--json", "-"});
  EXPECT_EQ(nlohmann::json::parse(asked.out).at("results").size(), 2u) << asked.err;
  // Saved alone, it is of whatever follows from it.
  run_rung({"ladder", "step1", runs_, "--loss", "val", "--save-fit", loss});
  const Ran chained =
      run_rung({"predict", loss, "--then", accuracy, "--at", "N=7B, D=140B", "--json", "-"});
  const auto of_both = nlohmann::json::parse(chained.out).at("results");
  ASSERT_EQ(of_both.size(), 2u) << chained.err;
  EXPECT_THAT(chained.err, Not(HasSubstr("alone")));
  for (const auto& of_one : of_both)
    for (const auto& doubt : of_one["doubts"])
      EXPECT_THAT(doubt.get<std::string>(), Not(HasSubstr("another group")));
}

TEST_F(LoggedRunsTest, PicturesMarkWhatTheTextMarks) {
  write_runs(5);
  const std::string figure = (folder_.path() / "marks.svg").string();
  const std::vector<std::string> published = {"-c", "published:olmo-ladder/configs/final.json",
                                              "-o", figure, "-k"};
  int n_marked = 0;
  for (const char* command : {"predict", "step2", "step2-mc", "step1", "single-step"}) {
    for (const char* task : {"csqa_val_5shot", "openbookqa_test_5shot", "piqa_val_5shot"}) {
      std::vector<std::string> words = {"ladder", command};
      words.insert(words.end(), published.begin(), published.end());
      words.emplace_back(task);
      const Ran ran = run_rung(words);
      ASSERT_EQ(ran.status, 0) << ran.err;
      const bool in_text = ran.out.find("(!)") != std::string::npos;
      const bool in_figure = read_file(figure).find("fit in doubt") != std::string::npos;
      EXPECT_EQ(in_text, in_figure) << command << " " << task;
      n_marked += in_text;
    }
  }
  EXPECT_GT(n_marked, 2);
  ladder("predict", "flat", {"-n", "7B", "-d", "4T", "-o", figure});
  EXPECT_THAT(read_file(figure), HasSubstr("fit in doubt"));
}

TEST_F(LoggedRunsTest, ASingleStepThatIsNotDeterminedHasNoInterval) {
  // The ends of made-up runs, from which alpha -> 0 can't be told.
  constexpr double kAccuracies[] = {0.3607, 0.4339, 0.5455, 0.5189, 0.5812, 0.6785,
                                    0.6582, 0.7125, 0.7668, 0.7374, 0.7736, 0.7946};
  std::string csv = "model,n_params,n_tokens,right\n";
  std::size_t i = 0;
  for (const double n : {190e6, 370e6, 760e6, 1300e6}) {
    for (const int length : {1, 2, 5})
      csv += fmt::format("{:.0f}M-{}xC,{},{},{}\n", n / 1e6, length, n, 20 * n * length,
                         kAccuracies[i++]);
  }
  write_file(runs_, csv);
  const std::string figure = (folder_.path() / "single.svg").string();
  const std::vector<std::string> words = {"ladder", "single-step", runs_, "--accuracy", "right",
                                          "-n",     "7B",          "-d",  "4T"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return run_rung(more).out;
  };
  const nlohmann::json found = nlohmann::json::parse(with({"--json", "-"})).at("results").at(0);
  ASSERT_EQ(found["fits"]["single"]["identified"], false);
  const nlohmann::json& target = found["targets"][0];
  EXPECT_TRUE(target["interval"].is_null());
  EXPECT_EQ(target["determined"], false);
  EXPECT_TRUE(target["predicted"].is_number());
  EXPECT_THAT(with({"-o", figure}), AllOf(HasSubstr("right (!)"), HasSubstr("not determined\n"),
                                          Not(HasSubstr(" in 0 of "))));
  EXPECT_THAT(read_file(figure), HasSubstr("not determined"));
  EXPECT_THAT(with({"--csv", "-"}), HasSubstr("other parameters fit as well"));
}

TEST_F(LoggedRunsTest, StepsOfLoggedRunsAreWindowsOfExtrapolation) {
  write_runs(20);
  std::vector<std::string> window = {"--train_step_max", "60000", "--runs", "1300M-5xC"};
  EXPECT_EQ(ladder("extrapolate-d", "right", window).status, 2);
  window.insert(window.end(), {"--batch-tokens", "1048576"});
  const Ran ran = ladder("extrapolate-d", "right", window);
  EXPECT_EQ(ran.status, 0) << ran.err;
}

TEST_F(LoggedRunsTest, AModelToPredictIsNamed) {
  write_runs(20);
  const Ran ran = ladder("extrapolate-n", "right", {"-o", (folder_.path() / "n.svg").string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("no model is there to predict"), HasSubstr("--targets")));
}

TEST_F(LoggedRunsTest, TooFewRefitsForAnIntervalAreNamed) {
  write_runs(5);
  const std::vector<std::string> target = {"-n", "7B", "-d", "4T", "--wide", "--bootstrap"};
  const auto with = [&](const char* n_refits) {
    std::vector<std::string> words = target;
    words.push_back(n_refits);
    return ladder("predict", "right", words).out;
  };
  EXPECT_THAT(with("10"), HasSubstr("10 refits by --bootstrap are too few"));
  EXPECT_THAT(with("200"), Not(HasSubstr("too few")));
  EXPECT_THAT(with("0"), Not(HasSubstr("too few")));
}

TEST_F(LoggedRunsTest, DiagnoseSaysANoteOnceForAllTasks) {
  write_runs(5);
  const std::string out = ladder("diagnose", "right,steep", {"--wide"}).out;
  const std::size_t first = out.find("a value is called off from this");
  ASSERT_NE(first, std::string::npos) << out;
  EXPECT_EQ(out.find("a value is called off from this", first + 1), std::string::npos) << out;
}

TEST_F(LoggedRunsTest, VarianceTellsATrendFromNoise) {
  write_runs(20);
  // A curve without noise is all trend.
  EXPECT_THAT(ladder("variance", "right", {"--runs", "1300M-5xC"}).out,
              AllOf(HasSubstr("most of the spread is a trend"),
                    HasSubstr("right loss at most 0.01% (0.60%")));
  EXPECT_THAT(ladder("variance", "guessed", {"--runs", "1300M-5xC"}).out,
              Not(HasSubstr("accuracy 0.")));
}

}  // namespace
}  // namespace rung::cli
