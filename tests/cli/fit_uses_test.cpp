// What follows from a fitted table: groups, counts of N, allocations, plans.
#include <set>
#include <sstream>

#include "rung/figure/palette.hpp"
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

/// A group's own A and B take up any factor on C.
TEST_F(FitCommandTest, AMultiplierThatCannotBeToldIsRefused) {
  const std::string table = write("runs.csv", runs(0.001, 1.5));
  const auto words = [&](const char* shared, const char* multiplier) {
    return std::vector<std::string>{
        "fit",    table,     "--law", "chinchilla",   "--x",      "N=params,D=tokens", "--group-by",
        "recipe", "--share", shared,  "--multiplier", multiplier, "--bootstrap",       "0"};
  };
  EXPECT_THAT(fails(words("E", "C")).err,
              HasSubstr("rows do not tell A[b], C multiplier[b], alpha[b], B[b], beta[b] apart"));
  EXPECT_THAT(fails(words("E,B,alpha,beta", "N")).err,
              HasSubstr("rows do not tell A[b], N multiplier[b] apart"));
  EXPECT_EQ(run_rung(words("E,B,alpha,beta", "D")).status, 0);
  EXPECT_EQ(run_rung(words("A,B,alpha,beta", "C")).status, 0);
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

/// What a saved fit of groups that share parameters predicts is what the fit itself predicted.
TEST_F(FitCommandTest, ASharedFitIsSavedAGroupAtATime) {
  const std::string table = write("runs.csv", runs(0.002, 1.5));
  const std::vector<std::string> words = {
      "--law",       "chinchilla", "--x",  "N=params,D=tokens", "--group-by", "recipe",
      "--bootstrap", "0",          "--at", "N=7e9,D=1.4e11"};
  for (const std::vector<std::string>& sharing :
       {std::vector<std::string>{"--share", "E,alpha,beta"},
        {"--multiplier", "C"},
        {"--multiplier", "N,D"},
        {"--share", "alpha,beta", "--param", "E=0..3,E[b]=0..2"},
        {"--share", "alpha,beta", "--fix", "E[a]=1.69"}}) {
    const std::string saved = place("shared.json");
    const json rows =
        fit(table, with(with(words, sharing), {"--save-fit", saved}))[0]["predictions"];
    ASSERT_EQ(rows.size(), 2u) << sharing[1];
    const Ran later = run_rung({"predict", saved, "--at", "N=7e9,D=1.4e11", "--json", "-"});
    ASSERT_EQ(later.status, 0) << later.err;
    const json groups = json::parse(later.out)["results"];
    ASSERT_EQ(groups.size(), 2u);
    for (const std::size_t g : {0u, 1u}) {
      const json& row = groups[g]["predictions"][0];
      EXPECT_EQ(groups[g]["group"], rows[g]["group"]);
      const double predicted = rows[g]["predicted"].get<double>();
      EXPECT_NEAR(row["predicted"], predicted, 1e-9 * predicted) << sharing[1];
      const auto width = [](const json& interval) {
        return interval["upper"].get<double>() - interval["lower"].get<double>();
      };
      // The saved one is the delta method's; the other may be a profile's.
      EXPECT_NEAR(width(row["interval"]) / width(rows[g]["interval"]), 1, 0.15) << sharing[1];
    }
  }
}

TEST_F(FitCommandTest, ConstraintsOnAGroupsOwnParameterHoldForAllOrForOne) {
  const std::string table = write("runs.csv", runs(0.002));
  const std::vector<std::string> words = {
      "--law",  "chinchilla", "--x",        "N=params,D=tokens", "--group-by",
      "recipe", "--share",    "alpha,beta", "--bootstrap",       "0"};
  const json all = fit(table, with(words, {"--param", "E=0..1.5"}))[0]["fit"]["parameters"];
  EXPECT_LE(all["E[a]"]["value"], 1.5);
  EXPECT_LE(all["E[b]"]["value"], 1.5);
  const json one = fit(table, with(words, {"--fix", "E[b]=1.5"}))[0]["fit"]["parameters"];
  EXPECT_EQ(one["E[b]"]["value"], 1.5);
  EXPECT_NE(one["E[a]"]["value"], 1.5);
  EXPECT_THAT(fails(with(with({"fit", table}, words), {"--fix", "E[c]=1.5"})).err,
              HasSubstr("has no parameter 'E[c]'"));
}

/// Accuracies of n questions, by a loss of their own.
TEST_F(FitCommandTest, SharesOfQuestionsHaveTheirOwnLoss) {
  std::string text = "x,acc,n\n";
  Rng rng(5);
  for (int i = 0; i < 20; ++i) {
    const double x = -2 + 0.2 * i, p = 1 / (1 + std::exp(-(0.3 + x)));
    int right = 0;
    for (int k = 0; k < 200; ++k) right += rng.uniform() < p ? 1 : 0;
    text += shortest(x) + "," + shortest(right / 200.0) + ",200\n";
  }
  const std::string table = write("acc.csv", text);
  const std::vector<std::string> words = {
      "--formula", "1/(1+exp(-(a+b*x)))", "--x", "x=x", "--y", "acc", "--at", "x=3"};
  const json by_column = fit(table, with(words, {"--loss", "binomial:n"}))[0];
  const json by_number = fit(table, with(words, {"--loss", "binomial:200"}))[0];
  EXPECT_EQ(by_column["fit"]["parameters"], by_number["fit"]["parameters"]);
  EXPECT_EQ(by_column["fit"]["loss"], "binomial");
  EXPECT_NEAR(by_column["fit"]["parameters"]["b"]["value"], 1, 0.15);
  EXPECT_LT(by_column["predictions"][0]["interval"]["upper"], 1);
  EXPECT_THAT(run_rung(with({"fit", table}, with(words, {"--loss", "binomial:n"}))).out,
              HasSubstr("\nloss binomial:n, residual raw, "));
  for (const auto& [more, message] :
       {std::pair<std::vector<std::string>, const char*>{{"--loss", "binomial"},
                                                         "of how many questions?"},
        {{"--loss", "binomial:0"}, "has to be 1 or more"},
        {{"--loss", "binomial:n", "--residual", "log"}, "takes shares as they are"},
        {{"--loss", "binomial:n", "--noise-sd", "0.1"}, "says the noise"},
        {{"--loss", "binomial:n", "--interval", "observation"}, "how many questions"},
        {{"--loss", "binomial:n", "--bootstrap", "50", "--bootstrap-kind", "residual"},
         "makes no shares"}}) {
    EXPECT_THAT(fails(with(with({"fit", table}, words), more)).err, HasSubstr(message));
  }
  EXPECT_THAT(fails({"fit", table, "--formula", "1/(1+exp(-(a+b*x)))", "--x", "x=x", "--y",
                     "100*acc", "--loss", "binomial:n"})
                  .err,
              HasSubstr("no share of questions"));
}

TEST_F(FitCommandTest, GroupsOfSharesOfQuestionsArePooled) {
  std::string text = "task,x,acc\n";
  Rng rng(6);
  for (int i = 0; i < 40; ++i) {
    const double x = -2 + 0.1 * i, p = 1 / (1 + std::exp(-((i % 2 ? 0.2 : 0.4) + x)));
    int right = 0;
    for (int k = 0; k < 200; ++k) right += rng.uniform() < p ? 1 : 0;
    text += std::string(i % 2 ? "a," : "b,") + shortest(x) + "," + shortest(right / 200.0) + "\n";
  }
  const json pooled =
      fit(write("shares.csv", text),
          {"--formula", "1/(1+exp(-(a+b*x)))", "--x", "x=x", "--y", "acc", "--loss", "binomial:200",
           "--group-by", "task", "--share", "pool", "--bootstrap", "0"});
  ASSERT_EQ(pooled.size(), 2u);
  for (const json& group : pooled) EXPECT_NEAR(group["fit"]["parameters"]["b"]["value"], 1, 0.2);
}

TEST_F(FitCommandTest, APredictionHasAPicture) {
  const std::string table = write("runs.csv", runs(0.002));
  fit(table, with(kChinchilla, {"--save-fit", place("loss.json")}));
  std::string text = "loss,accuracy\n";
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    text += shortest(loss) + "," + shortest(0.25 + 0.7 / (1 + std::exp(3 * (loss - 3)))) + "\n";
  fit(write("accuracy.csv", text), {"--law", "sigmoid", "--x", "L=loss", "--y", "accuracy",
                                    "--bootstrap", "0", "--save-fit", place("accuracy.json")});
  const std::vector<std::string> words = {"predict", place("loss.json"), "--at", "N=7e9,D=1.4e11",
                                          "-o",      place("p.svg")};
  ASSERT_EQ(run_rung(words).status, 0);
  EXPECT_THAT(read_file(place("p.svg")), HasSubstr("loss at N = 7B, D = 140B: "));
  ASSERT_EQ(run_rung(with(words, {"--then", place("accuracy.json")})).status, 0);
  const std::string chained = read_file(place("p.svg"));
  EXPECT_THAT(chained, HasSubstr("accuracy at N = 7B, D = 140B: "));
  EXPECT_THAT(chained, HasSubstr("accuracy from loss"));
}

TEST_F(FitCommandTest, APredictionSaysWhichParametersAreAtABound) {
  const std::string table = write("runs.csv", runs(0.002));
  fit(table, with(kChinchilla, {"--param", "E=2..3", "--save-fit", place("bound.json")}));
  fit(table, with(kChinchilla, {"--save-fit", place("free.json")}));
  const auto notes = [&](const char* saved) {
    return run_rung({"predict", place(saved), "--at", "N=7e9,D=1.4e11"}).err;
  };
  EXPECT_THAT(notes("bound.json"), HasSubstr("note: E is at its bound 2"));
  EXPECT_THAT(notes("free.json"), Not(HasSubstr("at its bound")));
}

TEST_F(FitCommandTest, ThePictureOfGroupsSaysEachOnesPrediction) {
  std::string text = "corpus,x,y\n";
  for (const int x : {1, 2, 3, 4, 5})
    text += "web," + std::to_string(x) + "," + std::to_string(2 * x) + "\ncode," +
            std::to_string(x) + "," + std::to_string(3 * x) + "\n";
  fit(write("groups.csv", text), {"--formula", "a*x", "--x", "x=x", "--y", "y", "--group-by",
                                  "corpus", "--save-fit", place("groups.json")});
  ASSERT_EQ(
      run_rung({"predict", place("groups.json"), "--at", "x=10", "-o", place("groups.svg")}).status,
      0);
  EXPECT_THAT(read_file(place("groups.svg")), HasSubstr("y at x = 10: web 20.0, code 30.0"));
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

TEST_F(FitCommandTest, SweepsOfTwoQuantitiesSayWhatIsHeld) {
  std::string text = "params,lr,batch,loss\n";
  for (const double n : {1e7, 3e7, 1e8, 3e8}) {
    for (const double rate : {2.5e-4, 5e-4, 1e-3}) {
      for (const double batch : {64, 256}) {
        const double away = std::log(rate / 6e-4);
        text += shortest(n) + "," + shortest(rate) + "," + shortest(batch) + "," +
                shortest(kE + kA * std::pow(n, -kAlpha) + 0.02 * away * away + 1e-5 * batch) + "\n";
      }
    }
  }
  const std::string table = write("two.csv", text);
  const Ran ran =
      run_rung({"fit", table, "--formula", "E + A/N^alpha", "--x", "N=params", "--bootstrap", "0",
                "--sweep", "lr,batch", "--figure", "sweep", "-o", place("two.svg")});
  ASSERT_EQ(ran.status, 0) << ran.err;
  std::istringstream lines(ran.out.substr(0, ran.out.find("\n\n")));
  std::set<std::string> rows;
  std::size_t n_rows = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80u);
    if (line.find("batch 64") == std::string::npos && line.find("batch 256") == std::string::npos &&
        line.find("lr 0.000") == std::string::npos && line.find("lr 0.001") == std::string::npos)
      continue;
    ++n_rows;
    rows.insert(line.substr(0, line.find("0.00%")));
  }
  EXPECT_EQ(n_rows, 20u) << ran.out;
  EXPECT_EQ(rows.size(), n_rows) << ran.out;
  // Each shade has its entry in the legend.
  const std::string svg = read_file(place("two.svg"));
  std::set<std::string> shades;
  for (const Colour colour : ordered_colours(4)) {
    EXPECT_THAT(svg, HasSubstr(colour.hex()));
    shades.insert(colour.hex());
  }
  for (const Colour colour : ordered_colours(8)) {
    if (shades.count(colour.hex()) > 0) continue;
    EXPECT_THAT(svg, Not(HasSubstr(colour.hex())));
  }
  for (const char* size : {"N = 10M<", "N = 30M<", "N = 100M<", "N = 300M<"})
    EXPECT_THAT(svg, HasSubstr(size));
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

TEST_F(FitCommandTest, AllocateSaysHowSureTokensAreWhereThereIsRoom) {
  const std::vector<std::string> words = {"allocate",    write("runs.csv", runs(0.001)),
                                          "--law",       "chinchilla",
                                          "--x",         "N=params,D=tokens",
                                          "--budget",    "1e21",
                                          "--bootstrap", "50"};
  EXPECT_THAT(run_rung(with(words, {"--wide"})).out,
              AllOf(HasSubstr("N 95% interval"), HasSubstr("D 95% interval")));
  EXPECT_THAT(run_rung(with(words, {"--csv", "-"})).out,
              HasSubstr("n_tokens,n_tokens_lower,n_tokens_upper,"));
}

/// The largest run has a billion parameters, the longest 200 billion tokens.
TEST_F(FitCommandTest, AllocateSaysHowFarBeyondTheDataAnAnswerIs) {
  const std::string table = write("runs.csv", runs(0.001));
  const std::vector<std::string> words = {
      "allocate", table, "--law", "chinchilla", "--x", "N=params,D=tokens", "--budget", "1e27"};
  const Ran ran = run_rung(words);
  EXPECT_THAT(ran.out, testing::ContainsRegex("beyond data"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("x in [ND], [0-9.kKM]+x in [ND]"));
  const json answer = json::parse(run_rung(with(words, {"--json", "-"})).out)["results"][0];
  const double in_n = answer["n_params"].get<double>() / 1e9;
  const double in_d = answer["n_tokens"].get<double>() / 2e11;
  EXPECT_NEAR(answer["extrapolation"].get<double>() / std::max(in_n, in_d), 1, 1e-9);
  EXPECT_THAT(ran.err, testing::Not(HasSubstr("is the budget in FLOPs")));
  EXPECT_THAT(run_rung(with(words, {"--budget", "1e45"})).err,
              HasSubstr("nothing here is to be trusted: is the budget in FLOPs"));
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
