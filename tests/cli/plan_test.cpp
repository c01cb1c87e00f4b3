/// What to train: rung plan, hardware.

#include "tests/cli/plan_command.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(PlanCommandTest, CandidatesAreQuantitiesAsOtherTablesHaveThem) {
  const auto with_candidates = [&](const std::string& text) {
    const std::string candidates = place("candidates.csv");
    write_file(candidates, text);
    return plan({"--candidates", candidates, "--budget", "1e21", "--at", "N=7B, D=140B"});
  };
  const std::string plain = "1e8,2e9\n3e8,6e9\n1e9,2e10\n", words = "100M,2B\n0.3B,6e9\n1B,20B\n";
  const json expected = results(with_candidates("params,tokens\n" + plain));
  EXPECT_EQ(results(with_candidates("params,tokens\n" + words)), expected);
  EXPECT_EQ(results(with_candidates("N,D\n" + words)), expected);

  const auto fails = [&](const std::string& text) { return error(with_candidates(text)); };
  EXPECT_THAT(fails("params,tokens\noops,2B\n300M,6B\n"),
              HasSubstr("candidates.csv:2: error: params is 'oops', not a number"));
  EXPECT_THAT(fails("params,tokens\n300M,6B\n-1B,6B\n"),
              HasSubstr("candidates.csv:3: error: params is -1000000000, but"));
  EXPECT_THAT(fails("params,tokens\n300M,6B\n1B,\n"),
              HasSubstr("candidates.csv:3: error: tokens is missing, which a candidate needs"));
  std::vector<std::string> costly = with_candidates("params,tokens\n300M,6B\n1B,2B\n");
  costly.insert(costly.end(), {"--cost", "tokens-3B"});
  EXPECT_THAT(error(costly), HasSubstr("candidates.csv:3: error: the cost, tokens-3B, is "));
}

TEST_F(PlanCommandTest, AGridOfRunsUnderABudgetOfMoney) {
  std::vector<std::string> words = plan(grid_);
  words.insert(words.end(), {"--budget", "300usd", "--hardware", "h100", "--accelerators", "8",
                             "--repeats", "2", "-o", place("plan.svg")});
  const json result = results(words)[0];
  EXPECT_EQ(result["n_candidates"], 12);
  ASSERT_FALSE(result["runs"].empty());
  EXPECT_LE(result["bill"]["money"].get<double>(), 300 * (1 + 1e-9));
  EXPECT_NEAR(result["bill"]["accelerator_hours"].get<double>(),
              8 * result["bill"]["wall_hours"].get<double>(), 1e-6);
  double money = 0;
  for (const json& run : result["runs"]) {
    const json& at = run["inputs"];
    EXPECT_NEAR(run["cost"].get<double>() / (6 * at["N"].get<double>() * at["D"].get<double>()), 1,
                1e-12);
    money += run["bill"]["money"].get<double>();
  }
  EXPECT_NEAR(money, result["bill"]["money"].get<double>(), 1e-6);
  const json& target = result["targets"][0];
  EXPECT_LT(target["stderr_after"], target["stderr_before"]);
  EXPECT_GT(target["interval_after"]["lower"], target["interval_before"]["lower"]);
  EXPECT_GE(result["gain"], result["greedy_gain"]);
  EXPECT_THAT(read_file(place("plan.svg")), HasSubstr("to train next"));
  const Ran text = run_rung(words);
  EXPECT_THAT(text.out, HasSubstr(" expected"));
  EXPECT_THAT(text.out, HasSubstr("On 8 x NVIDIA H100"));
}

TEST_F(PlanCommandTest, SaysWhereTheRunsHardlySharpenTheTarget) {
  const auto output_for = [&](const std::string& grid) {
    return run_rung(
        plan({"--grid", grid, "--at", "N=7e9, D=1.4e11", "--runs", "1", "-o", place("plan.svg")}));
  };
  // One more run amid 28 tells nothing new; one near the target does.
  EXPECT_THAT(output_for("N=1e8, D=2e9").out,
              HasSubstr("these runs hardly sharpen the prediction: its standard error falls by"));
  EXPECT_THAT(read_file(place("plan.svg")),
              HasSubstr("What to train next hardly sharpens the target"));
  EXPECT_THAT(output_for("N=5e9, D=1.4e11").out, Not(HasSubstr("hardly")));
  EXPECT_THAT(read_file(place("plan.svg")), Not(HasSubstr("hardly")));
}

TEST_F(PlanCommandTest, TheFiguresTitleIsOfWhatTheCriterionMakesSmallest) {
  const auto words_under = [&](const std::string& criterion) {
    std::vector<std::string> words = plan(grid_);
    words.insert(words.end(), {"--runs", "3", "--criterion", criterion, "--at", "N=3e10, D=1e12",
                               "-o", place("plan.svg")});
    return words;
  };
  const auto title_under = [&](const std::string& criterion) {
    results(words_under(criterion));
    return read_file(place("plan.svg"));
  };
  EXPECT_THAT(run_rung(words_under("c")).out, HasSubstr("first target's stderr"));
  EXPECT_THAT(title_under("c"), HasSubstr("the first target's prediction"));
  EXPECT_THAT(title_under("v"), AllOf(HasSubstr("What to train next for 2 targets: predictions"),
                                      Not(HasSubstr("the first target"))));
  EXPECT_THAT(title_under("d"), AllOf(HasSubstr("to know the law's parameters best"),
                                      Not(HasSubstr("the first target"))));
}

TEST_F(PlanCommandTest, ABudgetForNothingSaysWhy) {
  std::vector<std::string> words = plan(grid_);
  words.insert(words.end(), {"--budget", "1", "-o", place("none.svg")});
  const Ran ran = run_rung(words);
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("nothing to train"), HasSubstr("cheapest candidate costs 1.2")));
  EXPECT_THAT(ran.err, HasSubstr("there is nothing to draw"));
  EXPECT_FALSE(std::filesystem::exists(place("none.svg")));
}

TEST_F(PlanCommandTest, CountsRunsWhateverTheyCost) {
  std::vector<std::string> words = plan(grid_);
  words.insert(words.end(), {"--runs", "3"});
  const json counted = results(words)[0];
  EXPECT_EQ(counted["runs"].size(), 3u);
  EXPECT_EQ(counted["cost"], 3);
  EXPECT_THAT(run_rung(words).out, AllOf(HasSubstr("Runs 3 of 3"), Not(HasSubstr("cost"))));
  EXPECT_THAT(run_rung(words).err, Not(HasSubstr("--runs asks")));
  words.insert(words.end(), {"--cost", "6*N*D"});
  EXPECT_THAT(error(words), HasSubstr("--runs counts runs"));
  words = plan(grid_);
  words.insert(words.end(), {"--budget", "1e21"});
  EXPECT_THAT(run_rung(words).out, HasSubstr(" of 1e21 FLOPs."));
  words.insert(words.end(), {"--cost", "N*D"});
  EXPECT_THAT(run_rung(words).out, AllOf(HasSubstr(" of 1e21.\n"), Not(HasSubstr("FLOPs"))));
}

TEST_F(PlanCommandTest, TellsWhatSpeaksAgainstTheFit) {
  std::string text = "run,params,tokens,loss\n";
  for (const double n : {2e7, 6e7, 2e8, 6e8, 2e9}) {
    for (const double ratio : {2, 6, 10, 14, 20})
      text += "r" + shortest(n) + "," + shortest(n) + "," + shortest(ratio * n) + "," +
              shortest(truth(n, ratio * n) * (1 + 0.001 * std::sin(n * ratio))) + "\n";
  }
  write_file(runs_, text);
  const std::string figure = place("plan.svg");
  std::vector<std::string> words = plan(grid_);
  words.insert(words.end(), {"--runs", "2", "-o", figure});
  const std::string doubt = "look like checkpoints of one run";
  const Ran ran = run_rung(words);
  EXPECT_THAT(ran.err, HasSubstr(doubt));
  EXPECT_THAT(ran.out, AllOf(HasSubstr(" (!), 95% interval"), HasSubstr("(!): the warnings say")));
  EXPECT_THAT(read_file(figure), AllOf(HasSubstr(" (!)<"), HasSubstr("(!): the text says")));
  EXPECT_THAT(results(words)[0]["doubts"].dump(), HasSubstr(doubt));
}

TEST_F(PlanCommandTest, SaysWhereThereIsNothingToChoose) {
  const auto warned = [&](std::vector<std::string> more) {
    std::vector<std::string> words = plan(grid_);
    words.insert(words.end(), more.begin(), more.end());
    return run_rung(words).err;
  };
  EXPECT_THAT(warned({"--runs", "1000"}),
              HasSubstr("--runs asks for 1000, and there are 12: all of the 12 candidates, once"));
  EXPECT_THAT(warned({"--budget", "1e30"}), HasSubstr("the budget pays for all of the 12"));
  EXPECT_THAT(warned({"--budget", "1e20"}), Not(HasSubstr("the budget pays for")));
}

TEST_F(PlanCommandTest, PriorsCountAsWhatIsKnown) {
  std::vector<std::string> words = plan(grid_);
  words.insert(words.end(), {"--budget", "1e20"});
  const json free = results(words)[0];
  words.insert(words.end(), {"--prior", "alpha ~ normal(0.34, 0.001)"});
  const json known = results(words)[0];
  EXPECT_LT(known["stderr_before"], free["stderr_before"]);
}

TEST_F(PlanCommandTest, WhatCannotBePlannedIsSaid) {
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = plan(grid_);
    words.insert(words.end(), more.begin(), more.end());
    return error(words);
  };
  EXPECT_THAT(with({}), HasSubstr("one of --budget and --runs"));
  EXPECT_THAT(with({"--budget", "1e20", "--runs", "3"}),
              HasSubstr("--runs and --budget are both given (give one"));
  EXPECT_THAT(with({"--budget", "300usd"}), HasSubstr("--hardware"));
  EXPECT_THAT(with({"--budget", "300eur", "--hardware", "h100"}), HasSubstr("'eur' is not known"));
  EXPECT_THAT(with({"--budget", "1e20", "--hardware", "h10"}), HasSubstr("'h100'"));
  EXPECT_THAT(with({"--budget", "1e20", "--utilization", "0.3"}), HasSubstr("which accelerator?"));
  EXPECT_THAT(with({"--budget", "1e20", "--interval", "conformal"}), HasSubstr("conformal"));
  EXPECT_THAT(with({"--budget", "1e20", "--candidates", runs_}), HasSubstr("which runs"));
  EXPECT_THAT(error(plan({"--budget", "1e20", "--grid", "N=1e8|2e8, D=20*N"})),
              HasSubstr("need a target"));
  const Ran nothing =
      run_rung(plan({"--budget", "1e10", "--criterion", "d", "--grid", "N=1e8|2e8, D=20*N"}));
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.err, HasSubstr("costs more than the budget"));
}

TEST_F(PlanCommandTest, HardwareIsListedAndItsTableCanBeCopiedAndEdited) {
  const json listed = results({"hardware"});
  EXPECT_GT(listed.size(), 8u);
  for (const json& accelerator : listed)
    EXPECT_FALSE(accelerator["source"].get<std::string>().empty());
  EXPECT_THAT(run_rung({"hardware", "--csv", "-"}).out,
              StartsWith("accelerator,title,number_format,peak_flops_per_second"));
  const Ran toml = run_rung({"hardware", "--toml"});
  ASSERT_EQ(toml.status, 0);
  write_file(place("mine.toml"), toml.out);
  EXPECT_EQ(results({"hardware", "--hardware-table", place("mine.toml")}), listed);
  write_file(place("mine.toml"), "[accelerators.h100]\nprice_per_hour = 'cheap'\n");
  EXPECT_THAT(error({"hardware", "--hardware-table", place("mine.toml")}),
              HasSubstr("mine.toml:2"));
}

/// Runs whose C is not one multiple of 6 N D.
TEST_F(PlanCommandTest, ACandidateCostsWhatCOfXSaysWhereverItCanBeComputed) {
  const auto costs = [&](const std::string& compute) {
    const json runs = results({"plan", runs_, "--law", "chinchilla", "--x",
                               "N=params, D=tokens, C=" + compute, "--grid", "N=1e8..3e9:5, D=20*N",
                               "--at", "N=7e9, D=1.4e11", "--budget", "1e19"})[0]["runs"];
    std::vector<double> factors;
    for (const json& run : runs) {
      const json& at = run["inputs"];
      factors.push_back(run["cost"].get<double>() /
                        (6 * (at["N"].get<double>() + 3e7) * at["D"].get<double>()));
    }
    return factors;
  };
  for (const char* compute : {"6*(params+3e7)*tokens", "6*(N+3e7)*D"})
    EXPECT_THAT(costs(compute), AllOf(testing::Not(testing::IsEmpty()),
                                      testing::Each(testing::DoubleNear(1, 1e-9))));
}

TEST_F(PlanCommandTest, CThatCandidatesDontSayIsSaidToHaveNoEffect) {
  std::vector<std::string> words = {"plan",     runs_,
                                    "--law",    "chinchilla",
                                    "--x",      "N=params, D=tokens, C=params*tokens*accuracy",
                                    "--budget", "1e20"};
  words.insert(words.end(), grid_.begin(), grid_.end());
  EXPECT_THAT(run_rung(words).err, AllOf(HasSubstr("C in --x has no effect: the runs' is not one "),
                                         HasSubstr("--cost EXPR")));
}

}  // namespace
}  // namespace rung::cli
