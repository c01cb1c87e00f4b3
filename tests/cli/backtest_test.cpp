/// Which law predicts larger runs from smaller ones: rung backtest.
#include <cmath>
#include <iterator>
#include <set>

#include "tests/cli/fit_command.hpp"

namespace rung::cli {
namespace {

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

TEST_F(FitCommandTest, BacktestComparesFormulas) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words = {
      "backtest", table, "--x", "N=params,D=tokens", "--formula", "E + A/N^alpha + B/D^beta"};
  const Ran ran = run_rung(
      with(words, {"--formula", "A + B*log(N) + G*log(D)", "--law", "chinchilla", "--json", "-"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["formula"], nullptr);
  EXPECT_EQ(results[0]["residual"], "log");
  EXPECT_EQ(results[1]["residual"], "raw");
  EXPECT_EQ(results[1]["law"], "formula 1");
  EXPECT_EQ(results[1]["formula"], "E + A/N^alpha + B/D^beta");
  EXPECT_LT(results[1]["median_error"], results[2]["median_error"]);

  const Ran text = run_rung(with(words, {"--formula", "A + B*log(N) + G*log(D)"}));
  EXPECT_THAT(text.out, HasSubstr("formula 2: A + B*log(N) + G*log(D)"));
  EXPECT_THAT(text.out, Not(HasSubstr("residual")));
  EXPECT_THAT(run_rung(with(words, {"--law", "chinchilla"})).out,
              HasSubstr("residual: log of chinchilla; raw of formula"));
  EXPECT_THAT(fails(with(words, {"--formula", words.back()})).err,
              HasSubstr("--formula 'E + A/N^alpha + B/D^beta' is given twice"));
}

/// Budgets less than 1% apart are one cutoff only as far as 1% reaches; the verdict is that of the
/// whole range, not of the smallest fits, which have most rows beyond them.
TEST_F(FitCommandTest, BacktestOfManyRowsSpreadsItsCutoffs) {
  std::string text = "params,tokens,loss\n";
  constexpr int kRows = 6000;
  Rng rng(3);
  for (int i = 0; i < kRows; ++i) {
    const double n = 1e7 * std::pow(100, rng.uniform()), d = n * std::pow(10, 1 + rng.uniform());
    text += shortest(n) + "," + shortest(d) + "," +
            shortest(truth(n, d) * std::exp(0.004 * rng.normal())) + "\n";
  }
  const Ran ran = run_rung({"backtest", write("many.csv", text), "--law", "chinchilla", "--x",
                            "N=params,D=tokens", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json result = json::parse(ran.out)["results"][0];
  EXPECT_TRUE(result["predictable"]);
  EXPECT_LT(result["median_error"], 0.006);
  std::set<double> cutoffs, predicted;
  for (const json& rollout : result["rollouts"]) {
    cutoffs.insert(rollout["cutoff"].get<double>());
    predicted.insert(rollout["at"].get<double>());
  }
  ASSERT_EQ(cutoffs.size(), 40u);
  const double range = std::log(*cutoffs.rbegin() / *cutoffs.begin());
  for (auto next = std::next(cutoffs.begin()); next != cutoffs.end(); ++next)
    EXPECT_LT(std::log(*next / *std::prev(next)), range / 8) << *next;
  EXPECT_LE(predicted.size(), 40u * 25);
}

/// Each formula takes of --x the inputs that it names, and of --at, too.
TEST_F(FitCommandTest, BacktestComparesFormulasOfDifferentInputs) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words = {
      "backtest",  table,       "--formula", "E + A/N^a + B/D^b",
      "--formula", "E + A/N^a", "--x",       "N=params, D=tokens, Q=seed, M=tokens/2"};
  const Ran ran = run_rung(with(words, {"--at", "N=7e9, D=4e12", "--json", "-"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["n_fits"], results[1]["n_fits"]);
  EXPECT_LT(results[0]["median_error"], results[1]["median_error"]);
  EXPECT_EQ(results[2]["predictions"][0]["inputs"], json({{"N", 7e9}, {"D", 4e12}}));
  EXPECT_THAT(ran.err, HasSubstr("--x names Q, which no law takes"));
  EXPECT_THAT(ran.err, HasSubstr("--x names M, which no law takes"));
  EXPECT_THAT(ran.err, Not(HasSubstr("names D")));
  const Ran reversed = run_rung({"backtest", table, "--formula", "E + A/N^a", "--formula", words[3],
                                 "--x", "N=params, D=tokens", "--json", "-"});
  EXPECT_EQ(json::parse(reversed.out)["results"][1]["median_error"], results[0]["median_error"]);
  EXPECT_THAT(fails(with(words, {"--at", "N=7e9"})).err, HasSubstr("--at says nothing of 'D'"));
  EXPECT_THAT(
      fails({"backtest", table, "--formula", "E + A/n^a + B/D^b", "--x", "N=params, D=tokens"}).err,
      HasSubstr("did you mean 'N'?"));
}

/// Of law and noise like Chinchilla's.
constexpr const char* kFewRuns =
    "params,tokens,loss\n"
    "60000000.0,600000000.0,4.4021\n"
    "60000000.0,1200000000.0,4.0988\n"
    "60000000.0,3600000000.0,3.6932\n"
    "150000000.0,1500000000.0,3.7432\n"
    "150000000.0,3000000000.0,3.4738\n"
    "150000000.0,9000000000.0,3.1627\n"
    "400000000.0,4000000000.0,3.1954\n"
    "400000000.0,8000000000.0,3.0006\n"
    "400000000.0,24000000000.0,2.8149\n"
    "1000000000.0,10000000000.0,2.8307\n"
    "1000000000.0,20000000000.0,2.6839\n"
    "1000000000.0,60000000000.0,2.5032\n";

/// From few runs the law is curved: straight-line intervals hold too few.
TEST_F(FitCommandTest, BacktestCountsTheIntervalsThatFitGives) {
  const Ran ran = run_rung({"backtest", write("runs.csv", kFewRuns), "--law", "chinchilla", "--x",
                            "N=params,D=tokens", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  std::set<std::string> methods;
  const json report = json::parse(ran.out);
  for (const json& rollout : report["results"][0]["rollouts"])
    if (!rollout["interval"].is_null()) methods.insert(rollout["interval"]["method"]);
  EXPECT_TRUE(methods.contains("profile-observation"));
}

/// From each cutoff as `fit` does on the rows up to it, priors and noise included.
TEST_F(FitCommandTest, BacktestFitsAsFitDoes) {
  const std::string table = write("runs.csv", kFewRuns);
  const std::vector<std::string> what = {"--law",   "chinchilla", "--x",    "N=params,D=tokens",
                                         "--level", "0.9",        "--json", "-"};
  for (const std::vector<std::string>& how : std::vector<std::vector<std::string>>{
           {},
           {"--noise-sd", "0.02"},
           {"--prior", "alpha ~ normal(0.3, 0.05)"},
           {"--prior", "alpha ~ normal(0.3, 0.05)", "--noise-sd", "0.02"}}) {
    std::vector<std::string> rolling = {"backtest", table}, fitting = {"fit", table};
    for (std::vector<std::string>* words : {&rolling, &fitting}) {
      words->insert(words->end(), what.begin(), what.end());
      words->insert(words->end(), how.begin(), how.end());
    }
    fitting.insert(fitting.end(),
                   {"--where", "params<5e8", "--interval", "observation", "--at", "N=1e9, D=6e10"});
    const Ran rolled = run_rung(rolling), fitted = run_rung(fitting);
    ASSERT_EQ(rolled.status, 0) << rolled.err;
    ASSERT_EQ(fitted.status, 0) << fitted.err;
    const json report = json::parse(rolled.out), fit = json::parse(fitted.out);
    const json& expected = fit["results"][0]["predictions"][0];
    bool is_found = false;
    for (const json& rollout : report["results"][0]["rollouts"]) {
      if (rollout["cutoff"] != 6 * 4e8 * 2.4e10 || rollout["at"] != 6 * 1e9 * 6e10) continue;
      is_found = true;
      EXPECT_NEAR(rollout["predicted"], expected["predicted"], 1e-7);
      for (const char* end : {"lower", "upper"})
        EXPECT_NEAR(rollout["interval"][end], expected["interval"][end], 1e-6) << join(how, " ");
    }
    EXPECT_TRUE(is_found);
  }
}

TEST_F(FitCommandTest, BacktestDoubtsANoiseThatRowsContradict) {
  const std::string table = write("runs.csv", kFewRuns);
  const auto told = [&](const char* noise_sd) {
    return run_rung({"backtest", table, "--law", "chinchilla", "--x", "N=params,D=tokens",
                     "--noise-sd", noise_sd})
        .err;
  };
  EXPECT_THAT(told("1e-5"), HasSubstr("errors are as much too small"));
  EXPECT_THAT(told("0.5"), HasSubstr("errors are too large"));
  EXPECT_THAT(told("0.006"), testing::Not(HasSubstr("--noise-sd")));
}

/// Early cutoffs hold one size, which a law of N alone can't be fitted to, and one of D can.
TEST_F(FitCommandTest, BacktestComparesLawsOverTheSameRollouts) {
  std::string text = "params,tokens,loss\n";
  for (const double n : {1e7, 1e8, 1e9}) {
    for (const double ratio : {5, 10, 20, 40, 80}) {
      const double loss = kE + 400 / std::pow(n, 0.34) + 410 / std::pow(n * ratio, 0.28);
      text += shortest(n) + "," + shortest(n * ratio) + "," + shortest(loss) + "\n";
    }
  }
  const Ran ran =
      run_rung({"backtest", write("runs.csv", text), "--formula", "A + B*log(N)", "--formula",
                "A + B*log(D)", "--x", "N=params,D=tokens", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  EXPECT_EQ(results[0]["n_rollouts"], results[1]["n_rollouts"]);
  EXPECT_EQ(results[0]["naive_error"], results[1]["naive_error"]);
  EXPECT_THAT(ran.err, HasSubstr("over the rollouts that all laws have: formula 2 has "));
}

/// What one law rolls over, another may have as a column alone: the same runs are left out of both.
TEST_F(FitCommandTest, BacktestComparesLawsOfDifferentInputs) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words = {"backtest", table, "--law", "chinchilla,compute-power",
                                          "--json",   "-"};
  for (const char* over : {"C", "D"}) {
    const Ran ran =
        run_rung(with(words, {"--x", "N=params,D=tokens,C=6*params*tokens", "--over", over}));
    ASSERT_EQ(ran.status, 0) << ran.err;
    const json results = json::parse(ran.out)["results"];
    ASSERT_EQ(results[0]["rollouts"].size(), results[1]["rollouts"].size());
    ASSERT_FALSE(results[0]["rollouts"].empty());
    for (std::size_t i = 0; i < results[0]["rollouts"].size(); ++i)
      EXPECT_EQ(results[0]["rollouts"][i]["actual"], results[1]["rollouts"][i]["actual"]);
  }
  const Ran none =
      run_rung(with(words, {"--x", "N=params,D=tokens,C=6*params*tokens", "--over", "Q"}));
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("has no such input, and the table no such column"));
}

/// A curve of accuracy over loss is tried on runs of lower loss than those it was fitted to.
TEST_F(FitCommandTest, BacktestGoesFromHighLossToLow) {
  std::string rows = "loss,acc\n";
  for (int i = 0; i < 12; ++i) {
    const double loss = 1.8 - 0.08 * i;
    rows += std::to_string(loss) + "," +
            std::to_string(0.25 + 0.7 / (1 + std::exp(5 * (loss - 1.2))) + (i % 2 ? 1e-3 : -1e-3)) +
            "\n";
  }
  const std::vector<std::string> words = {"backtest",  write("acc.csv", rows),
                                          "--formula", "b + a/(1 + exp(k*(L - x0)))",
                                          "--x",       "L=loss",
                                          "--y",       "acc",
                                          "--json",    "-",
                                          "--over"};
  const Ran wrong = run_rung(with(words, {"L"}));
  const Ran right = run_rung(with(words, {"1/L"}));
  ASSERT_EQ(right.status, 0) << right.err;
  const json rollouts = json::parse(right.out)["results"][0]["rollouts"];
  ASSERT_FALSE(rollouts.empty());
  for (const json& rollout : rollouts) EXPECT_GT(rollout["actual"], 0.4);
  EXPECT_NE(wrong.out, right.out);
}

/// C rises with the size here, whatever the tokens.
TEST_F(FitCommandTest, BacktestRollsOverTheCThatXSays) {
  const std::string table = write("runs.csv", runs(0.002));
  const auto rollouts = [&](const std::string& compute) {
    const Ran ran =
        run_rung({"backtest", table, "--law", "chinchilla", "--x", "N=params, D=tokens" + compute,
                  "--at", "N=1e10, D=1e12", "--json", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::parse(ran.out)["results"][0]["rollouts"];
  };
  const json plain = rollouts(""), same = rollouts(", C=6*params*tokens");
  const json other = rollouts(", C=params*1e6"), by_column = rollouts(", C=C*7");
  EXPECT_EQ(plain, same);
  EXPECT_NEAR(by_column.back()["at"].get<double>(), 7 * plain.back()["at"].get<double>(), 1e15);
  for (const json& one : other) {
    EXPECT_LE(one["at"].get<double>(), 1e15 * (1 + 1e-9));
    EXPECT_GT(one["extrapolation"].get<double>(), 2.9);
  }
}

/// Checkpoints of runs that are off by 1% each, which a run's rows share; `named`: with a column
/// that tells the runs apart.
std::string checkpoints(std::size_t n_checkpoints, bool named, bool end_alike = false) {
  std::string csv = named ? "name,params,tokens,loss\n" : "params,tokens,loss\n";
  int run = 0;
  for (const double n : {1e8, 2e8, 4e8, 8e8}) {
    for (const double length : {1.0, 3.0}) {
      const double noise = 0.01 * std::sin(7.0 * ++run);
      for (std::size_t k = 1; k <= n_checkpoints; ++k) {
        const double d = (end_alike ? 1e10 : 20 * n * length) * static_cast<double>(k) /
                         static_cast<double>(n_checkpoints);
        const double loss = 1.7 + 400 * std::pow(n, -0.34) + 410 * std::pow(d, -0.28);
        csv += (named ? "run " + std::to_string(run) + "," : "") + std::to_string(n) + "," +
               std::to_string(d) + "," + std::to_string(loss * (1 + noise)) + "\n";
      }
    }
  }
  return csv;
}

std::vector<std::string> backtest_at(const std::string& table) {
  return {"backtest",           table,  "--law",        "chinchilla", "--x",
          "N=params, D=tokens", "--at", "N=7e9, D=4e12"};
}

TEST_F(FitCommandTest, BacktestHoldsOutWholeRunsOfCheckpoints) {
  const auto results = [&](bool named) {
    const std::string table = write(named ? "named.csv" : "rows.csv", checkpoints(6, named));
    const Ran ran = run_rung(with(backtest_at(table), {"--json", "-"}));
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.err.find("look like checkpoints of one run") != std::string::npos, named);
    return json::parse(ran.out)["results"];
  };
  const json runs = results(true), rows = results(false);
  EXPECT_EQ(runs[0]["run_column"], "name");
  EXPECT_TRUE(runs[0]["whole_runs"]);
  EXPECT_LE(runs[0]["n_rollouts"], 8 * 7 / 2);  // pairs of runs
  for (const json& rollout : runs[0]["rollouts"]) EXPECT_GT(rollout["extrapolation"], 1);
  EXPECT_EQ(rows[0]["run_column"], nullptr);
  EXPECT_FALSE(rows[0]["whole_runs"]);
  const auto width = [](const json& average) {
    const json& interval = average["predictions"][0]["interval"];
    return interval["upper"].get<double>() - interval["lower"].get<double>();
  };
  EXPECT_GT(width(runs[1]), 1.3 * width(rows[1]));
}

TEST_F(FitCommandTest, BacktestMarksIntervalsOfCheckpointsWithoutAName) {
  const Ran ran = run_rung(backtest_at(write("rows.csv", checkpoints(9, false))));
  EXPECT_THAT(ran.err, HasSubstr("intervals are too narrow"));
  EXPECT_THAT(ran.out, HasSubstr(" (!)"));
}

TEST_F(FitCommandTest, BacktestHoldsOutRowsWhereRunsEndAlike) {
  const std::string table = write("runs.csv", checkpoints(6, true, true));
  const Ran ran = run_rung(with(backtest_at(table), {"--over", "D", "--json", "-"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("runs don't end apart"));
  EXPECT_FALSE(json::parse(ran.out)["results"][0]["whole_runs"]);
}

}  // namespace
}  // namespace rung::cli
