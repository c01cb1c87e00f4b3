/// What to train: rung plan, allocate, hardware.

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr double kA = 406.4, kB = 410.7, kE = 1.69, kAlpha = 0.34, kBeta = 0.28;

double loss_at(double n, double d) {
  return kE + kA * std::pow(n, -kAlpha) + kB * std::pow(d, -kBeta);
}

double accuracy_at(double loss) { return 0.25 + 0.6 / (1 + std::exp(4 * (loss - 2.6))); }

class PlanCommandTest : public ::testing::Test {
 protected:
  /// Four isoFLOP budgets of seven sizes, with accuracies.
  PlanCommandTest() {
    Rng rng(4);
    std::string text = "params,tokens,loss,accuracy\n";
    for (const double budget : {1e18, 1e19, 1e20, 1e21}) {
      const double best = std::pow(kAlpha * kA / (kBeta * kB), 1 / (kAlpha + kBeta)) *
                          std::pow(budget / 6, kBeta / (kAlpha + kBeta));
      for (int i = -3; i <= 3; ++i) {
        const double n = best * std::exp(0.4 * i), d = budget / (6 * n);
        const double loss = loss_at(n, d) * std::exp(0.001 * rng.normal());
        text += shortest(n) + "," + shortest(d) + "," + shortest(loss) + "," +
                shortest(accuracy_at(loss) + 0.003 * rng.normal()) + "\n";
      }
    }
    write_file(runs_, text);
  }

  std::string place(const char* name) { return (folder_.path() / name).string(); }

  json results(const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--json", "-"});
    const Ran ran = run_rung(all);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  }
  std::string error(const std::vector<std::string>& words) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    return ran.err;
  }
  std::vector<std::string> plan(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"plan",       runs_, "--law",
                                      "chinchilla", "--x", "N=params,D=tokens"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TempFolder folder_;
  std::string runs_ = place("runs.csv");
  const std::vector<std::string> grid_ = {"--grid", "N=2e8..2e9:4, ratio=5|20|80, D=ratio*N",
                                          "--at", "N=7e9, D=1.4e11"};
};

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
  EXPECT_THAT(with({"--budget", "1e20", "--runs", "3"}), HasSubstr("one of --budget and --runs"));
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

TEST_F(PlanCommandTest, AccuracyIsAskedOfTwoSavedFits) {
  const std::string loss = place("loss.json"), accuracy = place("accuracy.json");
  results({"fit", runs_, "--law", "chinchilla", "--x", "N=params,D=tokens", "--bootstrap", "100",
           "--save-fit", loss});
  results({"fit", runs_, "--law", "sigmoid", "--x", "L=loss", "--y", "accuracy", "--bootstrap",
           "100", "--save-fit", accuracy});
  const double target = accuracy_at(2.3);
  const json found = results({"allocate", "--fit", loss, "--accuracy-fit", accuracy,
                              "--target-accuracy", shortest(target) + ",0.99", "--budget", "2e21",
                              "--hardware", "a100", "-o", place("accuracy.svg")});
  ASSERT_EQ(found.size(), 3u);
  const json &budget = found[0], &reached = found[1], &never = found[2];
  EXPECT_NEAR(budget["accuracy"].get<double>(), accuracy_at(budget["loss"].get<double>()), 0.01);
  EXPECT_LT(budget["accuracy_interval"]["lower"], budget["accuracy"]);
  EXPECT_NEAR(reached["loss"].get<double>(), 2.3, 0.02);
  EXPECT_NEAR(reached["accuracy"].get<double>(), target, 1e-6);
  EXPECT_LT(reached["training_flops_interval"]["lower"], reached["training_flops"]);
  EXPECT_GT(reached["bill"]["money"], 0);
  EXPECT_FALSE(never["reachable"]);
  EXPECT_THAT(never["reason"].get<std::string>(), HasSubstr("even at a loss of 0"));
  EXPECT_THAT(
      error({"allocate", "--fit", loss, "--accuracy-fit", loss, "--target-accuracy", "0.5"}),
      HasSubstr("no law of the loss alone"));
}

TEST_F(PlanCommandTest, PublishedCoefficientsNeedNoData) {
  const std::vector<std::string> published = {"allocate",
                                              "--law",
                                              "chinchilla",
                                              "--coefficients",
                                              "A=406.4, B=410.7, E=1.69, alpha=0.34, beta=0.28",
                                              "--budget",
                                              "5.76e23"};
  const json answer = results(published)[0];
  const double alpha = 0.34, beta = 0.28;
  const double scale = std::pow(alpha * 406.4 / (beta * 410.7), 1 / (alpha + beta));
  EXPECT_NEAR(
      answer["n_params"].get<double>() / (scale * std::pow(5.76e23 / 6, beta / (alpha + beta))), 1,
      1e-6);
  EXPECT_TRUE(answer["n_params_interval"].is_null());
  EXPECT_TRUE(answer["extrapolation"].is_null());
  std::vector<std::string> as_text = published;
  as_text.insert(as_text.end(), {"--budget", "1e21"});
  const Ran ran = run_rung(as_text);
  EXPECT_THAT(ran.out, HasSubstr("note: no intervals: "));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("N interval")));
  EXPECT_THAT(error({"allocate", runs_, "--coefficients", "A=1", "--budget", "1e21"}),
              HasSubstr("give one of TABLE, --fit FILE, and --law NAME --coefficients LIST"));
}

TEST_F(PlanCommandTest, WithInferenceOnlyTrainingHasABill) {
  std::vector<std::string> words = {"allocate",
                                    "--law",
                                    "chinchilla",
                                    "--coefficients",
                                    "A=406.4, B=410.7, E=1.69, "
                                    "alpha=0.34, beta=0.28",
                                    "--budget",
                                    "1e21,100usd",
                                    "--hardware",
                                    "h100",
                                    "--wide"};
  const Ran training = run_rung(words);
  EXPECT_THAT(training.out, Not(HasSubstr("training accelerator hours")));
  EXPECT_THAT(training.out, Not(HasSubstr("lifetime")));
  words.insert(words.end(), {"--inference-tokens", "1e12"});
  const Ran life = run_rung(words);
  for (const char* said : {"training accelerator hours", "training USD", "training kWh",
                           "lifetime FLOPs", "of training alone", "as if inference ran"})
    EXPECT_THAT(life.out, HasSubstr(said));
}

TEST_F(PlanCommandTest, IsoflopCurvesGiveTheExponentAndAPicture) {
  for (const char* approach : {"1", "2"}) {
    const std::string figure = place((std::string("iso") + approach + ".svg").c_str());
    const json result =
        results({"allocate", runs_, "--x", "N=params,D=tokens", "--approach", approach, "--budget",
                 "100h,1e26", "--hardware", "h100", "-o", figure})[0];
    EXPECT_NEAR(result["n_params_exponent"].get<double>(), kBeta / (kAlpha + kBeta), 0.03);
    ASSERT_EQ(result["bottoms"].size(), 4u);
    EXPECT_NEAR(result["allocations"][0]["bill"]["accelerator_hours"].get<double>(), 100, 1e-9);
    EXPECT_EQ(result["allocations"][0]["extrapolation"], 1);
    EXPECT_GT(result["allocations"][1]["extrapolation"].get<double>(), 10);
    EXPECT_THAT(read_file(figure),
                HasSubstr(approach == std::string("1") ? "lowest loss for its compute"
                                                       : "parabolas at equal compute"));
  }
}

TEST_F(PlanCommandTest, OptionsOfAFitAreNamedWhereNothingIsFitted) {
  const std::string saved = place("fit.json");
  ASSERT_EQ(run_rung({"fit", runs_, "--law", "chinchilla", "--x", "N=params,D=tokens",
                      "--bootstrap", "0", "--save-fit", saved})
                .status,
            0);
  EXPECT_THAT(
      run_rung({"allocate", "--fit", saved, "--budget", "1e21", "--level", "0.5", "--x", "N=n"})
          .err,
      HasSubstr("--x, --level change nothing under --fit"));
  EXPECT_THAT(run_rung({"allocate", "--fit", saved, "--budget", "1e21"}).err,
              Not(HasSubstr("nothing under")));
}

/// The runs' C is 9 N D: a budget buys as much as two thirds of it where C is 6 N D.
TEST_F(PlanCommandTest, ApproachThreeCountsFlopsAsTheRunsDo) {
  const auto words = [&](const std::string& compute, const std::string& budget) {
    return std::vector<std::string>{"allocate",   runs_,         "--law",
                                    "chinchilla", "--x",         "N=params, D=tokens" + compute,
                                    "--budget",   budget,        "--target-loss",
                                    "2.5",        "--bootstrap", "0"};
  };
  const json by_rule = results(words("", "1e22"));
  const json own = results(words(", C=9*params*tokens", "1.5e22"));
  for (const char* key : {"n_params", "n_tokens", "loss"}) {
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_NEAR(own[i][key].get<double>() / by_rule[i][key].get<double>(), 1, 1e-6) << key;
  }
  EXPECT_NEAR(own[0]["training_flops"].get<double>(), 1.5e22, 1e16);
  EXPECT_NEAR(own[1]["training_flops"].get<double>() / by_rule[1]["training_flops"].get<double>(),
              1.5, 1e-6);
  EXPECT_NEAR(own[0]["flops_over_six_nd"].get<double>(), 1.5, 1e-9);
  const char* const kNote = "in the runs' C, which is 1.5 times 6 N D";
  EXPECT_THAT(run_rung(words(", C=9*params*tokens", "1e22")).err, HasSubstr(kNote));
  EXPECT_THAT(run_rung(words(", C=6*params*tokens", "1e22")).err, Not(HasSubstr("C")));
  const Ran other = run_rung(words(", C=params*tokens^1.01", "1e22"));
  EXPECT_THAT(other.err, HasSubstr("C in --x has no effect on approach 3"));

  const std::string saved = place("fit.json");
  results({"fit", runs_, "--law", "chinchilla", "--x", "N=params, D=tokens, C=9*params*tokens",
           "--bootstrap", "0", "--save-fit", saved});
  const std::vector<std::string> from_fit = {"allocate", "--fit", saved, "--budget", "1.5e22"};
  EXPECT_NEAR(results(from_fit)[0]["n_params"].get<double>() / by_rule[0]["n_params"].get<double>(),
              1, 1e-6);
  EXPECT_THAT(run_rung(from_fit).err, HasSubstr(kNote));
}

/// Tokens go with sizes, so that the data leave open what to do with a budget, and what comes of
/// it.
TEST_F(PlanCommandTest, WhatIsNotDeterminedHasNoLoss) {
  std::string text = "params,tokens,loss\n";
  Rng rng(5);
  for (double n = 1e7; n < 2e9; n *= 2)
    text += shortest(n) + "," + shortest(20 * n) + "," +
            shortest(loss_at(n, 20 * n) * std::exp(0.003 * rng.normal())) + "\n";
  write_file(place("ratio.csv"), text);
  const std::vector<std::string> words = {
      "allocate",           place("ratio.csv"), "--law", "chinchilla", "--x",
      "N=params, D=tokens", "--budget",         "1e22",  "--csv",      "-"};
  const json answer = results({words.begin(), words.end() - 2})[0];
  EXPECT_EQ(answer["determined"], false);
  EXPECT_TRUE(answer["loss"].is_number());
  // What is spent is known: all else is not.
  EXPECT_THAT(run_rung(words).out, HasSubstr("\n1e+22 FLOPs,,,,,,,,1e+22,,,,,,\n"));
}

TEST_F(PlanCommandTest, WhatCantBeReachedIsSaidOnce) {
  const Ran ran = run_rung({"allocate", runs_, "--law", "chinchilla", "--x", "N=params, D=tokens",
                            "--target-loss", "1", "--bootstrap", "50"});
  EXPECT_THAT(ran.err, HasSubstr("not reachable: the law ends at"));
  EXPECT_THAT(ran.err, Not(HasSubstr("refits")));
}

TEST_F(PlanCommandTest, ATargetOfASecondLawWithoutReplicatesSaysWhyItHasNoInterval) {
  const std::string loss = place("loss.json"), accuracy = place("accuracy.json");
  results({"fit", runs_, "--law", "chinchilla", "--x", "N=params,D=tokens", "--bootstrap", "50",
           "--save-fit", loss});
  const auto noted = [&](const char* n_replicates) {
    results({"fit", runs_, "--law", "sigmoid", "--x", "L=loss", "--y", "accuracy", "--bootstrap",
             n_replicates, "--save-fit", accuracy});
    return run_rung({"allocate", "--fit", loss, "--accuracy-fit", accuracy, "--budget", "1e21",
                     "--target-accuracy", "0.6", "--wide"})
        .out;
  };
  EXPECT_THAT(noted("0"), HasSubstr("note: accuracy 0.6: no intervals, for the second law has no "
                                    "bootstrap refits"));
  EXPECT_THAT(noted("50"), Not(HasSubstr("note: ")));
}

TEST_F(PlanCommandTest, OptionsWithoutEffectAreNamed) {
  const auto notes = [&](std::vector<std::string> words) {
    for (const char* word : {"--law", "chinchilla", "--x", "N=params, D=tokens"})
      words.emplace_back(word);
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.err;
  };
  const auto allocate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"allocate", runs_, "--budget", "1e21"};
    words.insert(words.end(), more.begin(), more.end());
    return notes(words);
  };
  EXPECT_THAT(allocate({"--interval", "observation", "--profile", "--covariance", "sandwich",
                        "--bootstrap", "20"}),
              HasSubstr("--covariance, --interval, --profile change nothing: allocate's"));
  EXPECT_THAT(allocate({"--bootstrap", "20", "--bootstrap-kind", "residual"}),
              Not(HasSubstr("nothing")));
  const char* const kIdleKind = "--bootstrap-kind changes nothing under --bootstrap 0";
  EXPECT_THAT(allocate({"--bootstrap", "0", "--bootstrap-kind", "case"}), HasSubstr(kIdleKind));
  EXPECT_THAT(notes({"fit", runs_, "--bootstrap", "0", "--bootstrap-kind", "case"}),
              HasSubstr(kIdleKind));
  const std::vector<std::string> observed = {"fit", runs_, "--interval", "observation"};
  const char* const kIdleInterval = "--interval changes nothing: it is of predictions";
  EXPECT_THAT(notes(observed), HasSubstr(kIdleInterval));
  for (const std::vector<std::string>& used : std::vector<std::vector<std::string>>{
           {"--at", "N=7e9, D=4e12"}, {"--json", "-"}, {"--save-fit", place("f.json")}}) {
    std::vector<std::string> words = observed;
    words.insert(words.end(), used.begin(), used.end());
    EXPECT_THAT(notes(words), Not(HasSubstr(kIdleInterval)));
  }
}

/// What approach 1 would say on the law is none of what it says of the runs.
TEST_F(PlanCommandTest, HowFarOffAnApproachIsIsSaidOfTheLaw) {
  EXPECT_THAT(run_rung({"allocate", runs_, "--x", "N=params,D=tokens", "--approach", "1",
                        "--budget", "1e21"})
                  .err,
              testing::ContainsRegex("on the law that approach 3 fits to the runs, N = [0-9.]+B is "
                                     "best at 1e.21 FLOPs, and approach 1 would say [0-9.]+B "
                                     "there, "));
}

TEST_F(PlanCommandTest, IsoflopCurvesRefuseWhatOnlyALawAnswers) {
  for (const std::vector<std::string>& option : std::vector<std::vector<std::string>>{
           {"--inference-tokens", "1e12"}, {"--most-tokens", "1e12"}, {"--target-loss", "2.5"}}) {
    std::vector<std::string> words = {"allocate",   runs_, "--x",      "N=params,D=tokens",
                                      "--approach", "2",   "--budget", "1e21"};
    words.insert(words.end(), option.begin(), option.end());
    EXPECT_THAT(error(words), HasSubstr(option.front() + " needs a law"));
  }
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

}  // namespace
}  // namespace rung::cli
