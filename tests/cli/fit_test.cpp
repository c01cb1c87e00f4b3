#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr double kA = 406.4, kB = 410.7, kE = 1.69, kAlpha = 0.34, kBeta = 0.28;

double truth(double n, double d) {
  return kE + kA * std::pow(n, -kAlpha) + kB * std::pow(d, -kBeta);
}

/// Runs of recipes a and b; b makes `better` times as much of its compute.
std::string runs(double noise, double better = 1) {
  std::string text = "recipe,params,tokens,C,loss,seed\n";
  Rng rng(11);
  for (const char* recipe : {"a", "b"}) {
    const double gain = std::sqrt(recipe[0] == 'b' ? better : 1);
    for (const double n : {1e7, 3e7, 1e8, 3e8, 1e9}) {
      for (const double ratio : {5, 20, 60, 200}) {
        for (int seed = 0; seed < 2; ++seed) {
          const double d = n * ratio;
          text += std::string(recipe) + "," + shortest(n) + "," + shortest(d) + "," +
                  shortest(6 * n * d) + "," +
                  shortest(truth(n * gain, d * gain) * std::exp(noise * rng.normal())) + "," +
                  std::to_string(seed) + "\n";
        }
      }
    }
  }
  return text;
}

class FitCommandTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = (folder_.path() / name).string();
    write_file(path, content);
    return path;
  }
  std::string place(const char* name) { return (folder_.path() / name).string(); }

  /// rung fit on the runs with these words more; the first result.
  json fit(const std::string& table, std::vector<std::string> words) {
    words.insert(words.begin(), {"fit", table, "--json", "-"});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  }
  Ran fails(std::vector<std::string> words) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_EQ(ran.out, "");
    return ran;
  }

  TempFolder folder_;
};

const std::vector<std::string> kChinchilla = {
    "--law", "chinchilla", "--x", "N=params,D=C/(6*N)", "--bootstrap", "100"};

std::vector<std::string> with(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(FitCommandTest, FindsTheTruthAndSaysHowFarToTrustIt) {
  const std::string table = write("runs.csv", runs(0.002));
  const json results = fit(table, with(kChinchilla, {"--where", "recipe = 'a'"}));
  ASSERT_EQ(results.size(), 1u);
  const json& result = results[0];
  EXPECT_EQ(result["group"], nullptr);
  EXPECT_EQ(result["fit"]["law"], "chinchilla");
  EXPECT_EQ(result["fit"]["status"], "certified");
  EXPECT_EQ(result["fit"]["n_points"], 40);
  const auto& parameters = result["fit"]["parameters"];
  EXPECT_NEAR(parameters["alpha"]["value"], kAlpha, 0.05);
  EXPECT_LT(parameters["E"]["lower"], kE);
  EXPECT_GT(parameters["E"]["upper"], kE);
  ASSERT_EQ(result["predictions"].size(), 40u);
  const json& first = result["predictions"][0];
  EXPECT_EQ(first["inputs"]["N"], 1e7);
  EXPECT_NEAR(first["predicted"].get<double>() / first["actual"].get<double>(), 1, 0.01);
  EXPECT_LT(first["interval"]["lower"], first["predicted"]);
  EXPECT_EQ(first["interval"]["method"], "bootstrap-mean");
  EXPECT_GT(result["diagnosis"]["condition_number"], 1);
  EXPECT_TRUE(result["criteria"]["aicc"].is_number());
}

TEST_F(FitCommandTest, SaysWhatItWasFittedWith) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words =
      with({"--law", "chinchilla", "--x", "N=params,D=tokens"},
           {"--loss", "huber:0.001", "--residual", "log", "--bootstrap", "30"});
  EXPECT_THAT(run_rung(with({"fit", table}, words)).out,
              HasSubstr("\nloss huber:0.001, residual log, 30 bootstrap replicates\n80 points, "));
  const json found = fit(table, words)[0]["fit"];
  EXPECT_EQ(found["loss"], "huber:0.001");
  EXPECT_EQ(found["residual"], "log");
  EXPECT_EQ(found["interval_kind"], "bootstrap");
  EXPECT_EQ(found["n_replicates"], 30);
  EXPECT_GT(found["condition_number"], 1);
  const std::vector<std::string> plain = {"--law",       "chinchilla", "--x", "N=params,D=tokens",
                                          "--bootstrap", "0"};
  EXPECT_THAT(run_rung(with({"fit", table}, plain)).out,
              HasSubstr("\nloss squared, residual log, no bootstrap replicates\n"));
  EXPECT_EQ(fit(table, plain)[0]["fit"]["interval_kind"], "delta");
}

/// A constant ratio of tokens to parameters says nothing of either alone.
TEST_F(FitCommandTest, ASavedFitKeepsItsDoubt) {
  std::string text = "N,D,loss\n";
  for (const double n : {1e7, 3e7, 1e8, 3e8, 1e9, 3e9})
    text += shortest(n) + "," + shortest(20 * n) + "," + shortest(truth(n, 20 * n)) + "\n";
  const std::string table = write("ratio.csv", text);
  const json now = fit(table, {"--law", "chinchilla", "--bootstrap", "0", "--save-fit",
                               place("ratio.json")})[0]["fit"];
  ASSERT_EQ(now["identified"], false);
  const Ran later =
      run_rung({"predict", place("ratio.json"), "--at", "N=7e9,D=1.4e11", "--json", "-"});
  ASSERT_EQ(later.status, 0) << later.err;
  EXPECT_THAT(later.err, HasSubstr("the fit does not identify its parameters"));
  const json result = json::parse(later.out)["results"][0];
  EXPECT_EQ(result["identified"], false);
  EXPECT_EQ(result["status"], now["status"]);
  EXPECT_THAT(run_rung({"allocate", "--fit", place("ratio.json"), "--budget", "1e21"}).err,
              HasSubstr("so the optimum is not to be trusted"));
}

TEST_F(FitCommandTest, AFormulaGivesWhatTheCompiledLawGives) {
  const std::string table = write("runs.csv", runs(0.002));
  const json law = fit(table, with(kChinchilla, {"--bootstrap", "0"}))[0]["fit"];
  const json formula =
      fit(table, {"--formula", "E + A/N^alpha + B/D^beta", "--x", "N=params,D=tokens", "--residual",
                  "log", "--bootstrap", "0"})[0]["fit"];
  EXPECT_NEAR(law["objective"].get<double>() / formula["objective"].get<double>(), 1, 1e-9);
  EXPECT_NEAR(law["parameters"]["alpha"]["value"].get<double>(),
              formula["parameters"]["alpha"]["value"].get<double>(), 1e-5);
}

TEST_F(FitCommandTest, ASavedFitPredictsTheSameWithoutTheData) {
  const std::string table = write("runs.csv", runs(0.002));
  for (const char* bootstrap : {"0", "100"}) {
    const json now = fit(
        table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--bootstrap", bootstrap,
                "--group-by", "recipe", "--at", "N=7e9,D=4e12", "--save-fit", place("fit.json")});
    const Ran later =
        run_rung({"predict", place("fit.json"), "--at", "N=7e9,D=4e12", "--json", "-"});
    ASSERT_EQ(later.status, 0) << later.err;
    const json results = json::parse(later.out)["results"];
    ASSERT_EQ(results.size(), 2u);
    for (int g = 0; g < 2; ++g) {
      EXPECT_EQ(results[g]["group"], now[g]["group"]);
      EXPECT_EQ(results[g]["predictions"], now[g]["predictions"]);
      EXPECT_NEAR(results[g]["predictions"][0]["predicted"], truth(7e9, 4e12), 0.05);
    }
  }
  fails({"predict", table, "--at", "N=1,D=1"});
  EXPECT_THAT(fails({"predict", place("fit.json"), "--at", "N=7e9"}).err,
              HasSubstr("says nothing of 'D'"));
  const std::string negative = write("negative.csv", "params,tokens\n1e9,2e10\n-7e9,4e12\n");
  EXPECT_THAT(
      fails({"predict", place("fit.json"), negative}).err,
      HasSubstr("negative.csv:3: error: N is -7000000000, but the law needs it positive (leave "
                "such rows out)"));
}

TEST_F(FitCommandTest, APriorNeedsALossWithCurvature) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words = {"fit",     table,
                                          "--law",   "chinchilla",
                                          "--x",     "N=params,D=tokens",
                                          "--loss",  "lad",
                                          "--prior", "alpha ~ normal(0.3, 0.1)"};
  EXPECT_THAT(fails(words).err, HasSubstr("can't be weighed against --loss lad"));
}

TEST_F(FitCommandTest, SaysWhereALossHasNoProfiles) {
  const json result = fit(write("runs.csv", runs(0.002)),
                          with(kChinchilla, {"--loss", "lad", "--profile", "--bootstrap", "0"}))[0];
  EXPECT_THAT(result["fit"]["notes"].dump(), HasSubstr("no profiles: under --loss lad"));
}

TEST_F(FitCommandTest, PredictsTheRowsOfAnotherTable) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::string targets = write("targets.csv", "params,C\n7e9,1.68e23\n");
  const json result = fit(table, with(kChinchilla, {"--predict", targets}))[0];
  ASSERT_EQ(result["predictions"].size(), 1u);
  EXPECT_EQ(result["predictions"][0]["actual"], nullptr);
  EXPECT_NEAR(result["predictions"][0]["inputs"]["D"].get<double>(), 4e12, 1);
}

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

TEST_F(FitCommandTest, EveryKindOfUncertainty) {
  const std::string table = write("runs.csv", runs(0.003));
  const auto interval = [&](const std::vector<std::string>& words) {
    return fit(table, with({"--law", "chinchilla", "--x", "N=params,D=tokens", "--at",
                            "N=1e9,D=2e10", "--bootstrap", "200"},
                           words))[0]["predictions"][0]["interval"];
  };
  const auto width = [](const json& found) {
    return found["upper"].get<double>() - found["lower"].get<double>();
  };
  const double mean = width(interval({}));
  EXPECT_GT(width(interval({"--interval", "observation"})), 2 * mean);
  EXPECT_NEAR(width(interval({"--bootstrap-kind", "residual"})) / mean, 1, 0.4);
  // Four clusters say little: the interval is not narrower for it.
  EXPECT_GT(width(interval({"--bootstrap-kind", "cluster:params"})), 0.5 * mean);
  EXPECT_EQ(interval({"--interval", "conformal", "--level", "0.9"})["method"], "split-conformal");
  EXPECT_EQ(interval({"--bootstrap", "0"})["method"], "delta-mean");
  const json profile = fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--profile",
                                   "--bootstrap", "0"})[0]["profile"];
  EXPECT_LT(profile["alpha"]["lower"], profile["alpha"]["upper"]);
  const json prior = fit(table, {"--law", "chinchilla", "--x", "N=params,D=tokens", "--prior",
                                 "alpha ~ normal(0.5, 0.0001)"})[0]["fit"]["parameters"];
  EXPECT_NEAR(prior["alpha"]["value"], 0.5, 0.01);
}

TEST_F(FitCommandTest, WhatCantBeFittedIsSaidClearly) {
  const std::string good = write("runs.csv", runs(0.002));
  const auto error = [&](const std::string& content, std::vector<std::string> words = {}) {
    const std::string table = content.empty() ? good : write("bad.csv", content);
    return fails(with({"fit", table, "--law", "chinchilla", "--x", "N=params,D=tokens"}, words))
        .err;
  };
  EXPECT_THAT(error("params,tokens,loss\n1,2,3\n1,2\n"), HasSubstr("bad.csv:3"));
  EXPECT_THAT(error("params,tokens,loss\n1,2,3\n2,3,4\n"), HasSubstr("only 2 rows for the 5"));
  EXPECT_THAT(error("params,tokens,loss\n7,1,3\n7,2,4\n7,3,3\n7,4,4\n7,5,3\n7,6,4\n"),
              HasSubstr("N is 7 in all 6 rows"));
  EXPECT_THAT(error("params,tokens,loss\n1,1,3\n2,2,3\n3,7,3\n4,4,3\n5,2,3\n6,6,3\n"),
              HasSubstr("y is 3 in all 6 rows"));
  EXPECT_THAT(error("params,tokens,loss\n-1,1,3\n2,2,3\n"), HasSubstr("bad.csv:2"));
  EXPECT_THAT(error("params,tokens,loss\n1,1,-3\n2,2,3\n"), HasSubstr("has no logarithm"));
  EXPECT_THAT(error("", {"--param", "alpha=2..1"}), HasSubstr("alpha"));
  EXPECT_THAT(error("", {"--where", "loss > 1e9"}), HasSubstr("no row is left"));
  EXPECT_THAT(error("", {"--group-by", "C"}), HasSubstr("leave the group out"));
  EXPECT_THAT(error("", {"--y", "exp(params)"}), HasSubstr("too large"));
  EXPECT_THAT(error("", {"--loss", "cubic"}), HasSubstr("cubic"));
  EXPECT_THAT(fails({"fit", good, "--law", "chinchila"}).err, HasSubstr("'chinchilla'"));
  EXPECT_THAT(fails({"fit", good, "--law", "chinchilla"}).err, HasSubstr("--x"));
  EXPECT_THAT(fails({"fit", good}).err, HasSubstr("which law?"));
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

TEST_F(FitCommandTest, FiguresAreDrawn) {
  const std::string table = write("runs.csv", runs(0.003));
  for (const char* kind : {"fit", "residuals", "profile", "contours"}) {
    const std::string path = place((std::string(kind) + ".svg").c_str());
    const Ran ran = run_rung({"fit", table, "--law", "chinchilla", "--x", "N=params,D=tokens",
                              "--bootstrap", "50", "--figure", kind, "-o", path});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(read_file(path), HasSubstr("<svg"));
  }
}

}  // namespace
}  // namespace rung::cli
