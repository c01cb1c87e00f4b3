// What follows from a fitted table: groups, counts of N, backtests, allocations, plans.
#include "tests/cli/fit_command.hpp"

namespace rung::cli {
namespace {

TEST_F(FitCommandTest, ComputeMultiplierOfARecipe) {
  const std::string table = write("runs.csv", runs(0.001, 1.5));
  const json result = fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--group-by",
                                  "recipe", "--multiplier", "C", "--bootstrap", "0"})[0];
  ASSERT_EQ(result["multipliers"].size(), 1u);
  const json& multiplier = result["multipliers"][0];
  EXPECT_EQ(multiplier["group"], "b");
  EXPECT_EQ(multiplier["reference"], "a");
  EXPECT_NEAR(multiplier["value"], 1.5, 0.05);
  EXPECT_LT(multiplier["interval"]["lower"], 1.5);
  EXPECT_GT(multiplier["interval"]["upper"], 1.5);
}

TEST_F(FitCommandTest, GroupsShareParametersOrLeanOnEachOther) {
  const std::string table = write("runs.csv", runs(0.002));
  const json shared =
      fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--group-by", "recipe",
                  "--share", "E,alpha,beta", "--bootstrap", "0"})[0]["fit"]["parameters"];
  EXPECT_EQ(shared.size(), 7u);
  EXPECT_TRUE(shared.contains("A[a]"));
  EXPECT_NEAR(shared["alpha"]["value"], kAlpha, 0.05);
  const json pooled = fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--group-by",
                                  "recipe", "--share", "pool", "--bootstrap", "0"});
  const json alone = fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--group-by",
                                 "recipe", "--bootstrap", "0"});
  ASSERT_EQ(pooled.size(), 2u);
  const auto alpha = [](const json& results, int g) {
    return results[g]["fit"]["parameters"]["alpha"]["value"].get<double>();
  };
  EXPECT_LT(std::abs(alpha(pooled, 0) - alpha(pooled, 1)),
            std::abs(alpha(alone, 0) - alpha(alone, 1)));
}

TEST_F(FitCommandTest, WhatNCountsIsConvertedAndKept) {
  std::string text = "params,tokens,width,loss\n", without = text;
  Rng rng(3);
  for (const double width : {256, 512, 1024, 2048}) {
    for (const double ratio : {5, 20, 80}) {
      const double n = 12 * 8 * width * width, d = ratio * n, total = n + 2 * 50257 * width;
      const std::string rest = "," + shortest(width) + "," +
                               shortest(truth(n, d) * std::exp(0.001 * rng.normal())) + "\n";
      text += shortest(total) + "," + shortest(d) + rest;
      without += shortest(n) + "," + shortest(d) + rest;
    }
  }
  const std::string total = write("total.csv", text), plain = write("plain.csv", without);
  const std::vector<std::string> words = {"--law",       "chinchilla", "--x", "N=params,D=tokens",
                                          "--bootstrap", "0"};
  const std::vector<std::string> convert = {"--params",      "total",       "--fit-params",
                                            "non-embedding", "--embedding", "2*50257*width"};
  const json converted = fit(total, with(with(words, convert), {"--save-fit", place("n.json")}))[0];
  const json expected = fit(plain, with(words, {"--params", "non-embedding"}))[0];
  EXPECT_EQ(converted["fit"]["parameters"], expected["fit"]["parameters"]);
  EXPECT_EQ(converted["units"]["N"], "non-embedding");
  EXPECT_EQ(expected["units"]["N"], "non-embedding");
  const Ran later = run_rung({"predict", place("n.json"), total, "--json", "-"});
  ASSERT_EQ(later.status, 0) << later.err;
  const json predictions = json::parse(later.out)["results"][0]["predictions"];
  EXPECT_EQ(predictions[0]["inputs"]["N"], 12 * 8 * 256 * 256);
  EXPECT_EQ(predictions, converted["predictions"]);
  EXPECT_THAT(fails(with({"fit", total, "--params", "total", "--fit-params", "active"}, words)).err,
              HasSubstr("--inactive"));
  EXPECT_THAT(fails(with({"fit", total, "--fit-params", "active"}, words)).err,
              HasSubstr("--params has to say"));
}

TEST_F(FitCommandTest, UnderTunedRunsAreFoundAndLeftOut) {
  std::string text = "params,lr,loss\n";
  for (const double n : {1e7, 3e7, 1e8, 3e8}) {
    for (const double rate : {2.5e-4, 5e-4, 1e-3, 2e-3}) {
      const double away = std::log(rate / 6e-4);
      text += shortest(n) + "," + shortest(rate) + "," +
              shortest(kE + kA * std::pow(n, -kAlpha) + 0.02 * away * away) + "\n";
    }
  }
  const std::string table = write("sweep.csv", text);
  const std::vector<std::string> words = {"--formula", "E + A/N^alpha", "--x",
                                          "N=params",  "--bootstrap",   "0"};
  const json all =
      fit(table, with(words, {"--sweep", "lr", "--figure", "sweep", "-o", place("sweep.svg")}))[0];
  EXPECT_THAT(read_file(place("sweep.svg")), HasSubstr("give away"));
  ASSERT_EQ(all["sweeps"].size(), 4u);
  const json& sweep = all["sweeps"][0];
  EXPECT_NEAR(sweep["optimum"].get<double>(), 6e-4, 1e-8);
  EXPECT_EQ(sweep["best"], 5e-4);
  EXPECT_TRUE(sweep["runs"][3]["away"]);
  EXPECT_EQ(sweep["runs"][3]["line"], 5);
  EXPECT_EQ(all["fit"]["n_points"], 16);
  const json best = fit(table, with(words, {"--sweep", "lr", "--best-of-sweep"}))[0];
  EXPECT_EQ(best["fit"]["n_points"], 4);
  const double gap = 0.02 * std::pow(std::log(5.0 / 6), 2);
  EXPECT_NEAR(best["fit"]["parameters"]["E"]["value"].get<double>(), kE + gap, 1e-6);
  EXPECT_GT(all["fit"]["parameters"]["E"]["value"].get<double>(), kE + 5 * gap);
  const Ran ran = run_rung(with({"fit", table, "--sweep", "lr"}, words));
  EXPECT_THAT(ran.err, HasSubstr("7 of 16 runs in sweeps of lr"));
}

TEST_F(FitCommandTest, BacktestTellsTheLawThatExtrapolates) {
  const std::string table = write("runs.csv", runs(0.002));
  const Ran ran =
      run_rung({"backtest", table, "--law", "chinchilla", "--formula", "A + B*log(N) + G*log(D)",
                "--residual", "log", "--x", "N=params,D=tokens", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0]["chosen"]);
  EXPECT_TRUE(results[0]["predictable"]);
  EXPECT_FALSE(results[1]["chosen"]);
  EXPECT_LT(results[0]["aicc"], results[1]["aicc"]);
  EXPECT_GT(results[0]["coverage"], 0.7);
}

TEST_F(FitCommandTest, AllocateAnswersBudgetsAndTargets) {
  const std::string table = write("runs.csv", runs(0.001));
  const Ran ran =
      run_rung({"allocate", table, "--law", "chinchilla", "--x", "N=params,D=tokens", "--budget",
                "1e21", "--target-loss", "2.5,1", "--bootstrap", "50", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 3u);
  const double size = std::pow(kAlpha * kA / (kBeta * kB), 1 / (kAlpha + kBeta)) *
                      std::pow(1e21 / 6, kBeta / (kAlpha + kBeta));
  EXPECT_NEAR(std::log(results[0]["n_params"].get<double>() / size), 0, 0.3);
  EXPECT_LT(results[0]["n_params_interval"]["lower"], results[0]["n_params"]);
  EXPECT_NEAR(results[1]["loss"], 2.5, 1e-6);
  EXPECT_FALSE(results[2]["reachable"]);
}

TEST_F(FitCommandTest, PlanChoosesRunsInsideTheBudgetThatSharpenTheTarget) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::string candidates =
      write("candidates.csv", "params,tokens\n1e8,2e9\n3e9,6e10\n3e9,6e12\n1e9,1e12\n");
  const Ran ran =
      run_rung({"plan", table, "--law", "chinchilla", "--x", "N=params,D=tokens", "--candidates",
                candidates, "--budget", "1e22", "--at", "N=7e9,D=4e12", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json result = json::parse(ran.out)["results"][0];
  EXPECT_LE(result["cost"], 1e22);
  ASSERT_FALSE(result["runs"].empty());
  double before = result["stderr_before"];
  for (const json& run : result["runs"]) {
    EXPECT_NE(run["inputs"]["D"], 6e12);  // beyond the budget
    EXPECT_LT(run["target_stderr"], before);
    before = run["target_stderr"];
  }
}

}  // namespace
}  // namespace rung::cli
