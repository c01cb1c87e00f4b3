#include "tests/cli/fit_command.hpp"

namespace rung::cli {
namespace {

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
              HasSubstr("predictions may be anything"));
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
      HasSubstr(
          "negative.csv:3: error: params is -7000000000, but the law needs it positive (leave "
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

/// Nobody is to take a bootstrap's intervals for what another option promises.
TEST_F(FitCommandTest, RefitsSayWhichOptionsTheyDontKnowOf) {
  const std::string table = write("runs.csv", runs(0.002));
  const auto notes = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", table, "--law", "chinchilla", "--x", "N=params,D=tokens",
                               "--residual", "log"});
    return run_rung(more).out;
  };
  const char *const kCovariance = "--covariance: standard errors and intervals are taken from the",
                    *const kScatter = "rows scatter 2";
  EXPECT_THAT(notes({"--bootstrap", "50", "--covariance", "sandwich"}), HasSubstr(kCovariance));
  EXPECT_THAT(notes({"--bootstrap", "50", "--covariance", "cluster:seed"}),
              HasSubstr("cluster:seed"));
  EXPECT_THAT(notes({"--covariance", "sandwich"}), testing::Not(HasSubstr(kCovariance)));
  // Under a robust loss refits are drawn where nothing else is asked for.
  EXPECT_THAT(notes({"--covariance", "sandwich", "--loss", "huber:0.001"}),
              HasSubstr("no bootstrap replicates"));
  EXPECT_THAT(notes({"--loss", "huber:0.001"}), HasSubstr("2000 bootstrap replicates"));
  EXPECT_THAT(
      notes({"--bootstrap", "50", "--noise-sd", "1e-5"}),
      testing::AllOf(HasSubstr("--noise-sd: the refits"), testing::Not(HasSubstr(kScatter))));
  EXPECT_THAT(notes({"--noise-sd", "1e-5"}), HasSubstr(kScatter));
  EXPECT_THAT(notes({"--noise-sd", "0.01", "--covariance", "sandwich"}),
              HasSubstr("--noise-sd changes nothing"));
  EXPECT_THAT(notes({"--prior", "alpha ~ normal(0.3, 0.1)", "--covariance", "sandwich"}),
              HasSubstr("whatever --covariance says"));
}

TEST_F(FitCommandTest, WhatIsSaidOfColumnsIsInTheUsersWords) {
  const std::string table =
      write("bad.csv", "size,Model Size,toks,val,acc\n-10,-10,1,-3,54\n2,2,3,3,60\n");
  const auto error = [&](const std::string& x, std::vector<std::string> words) {
    return fails(with({"fit", table, "--law", "chinchilla", "--x", x}, words)).err;
  };
  EXPECT_THAT(error("N=size,D=toks", {"--y", "val"}),
              HasSubstr("bad.csv:2: error: size is -10, but the law needs it positive (leave such "
                        "rows out: --where \"size > 0\")"));
  EXPECT_THAT(error("N=1e3*size, D=toks", {"--y", "val"}),
              HasSubstr("1e3*size is -10000, but the law needs it positive (leave such rows out: "
                        "--where \"1e3*size > 0\")"));
  EXPECT_THAT(error("N=`Model Size`, D=toks", {"--y", "val"}),
              HasSubstr("Model Size is -10, but the law needs it positive (leave such rows out: "
                        "--where '`Model Size` > 0')"));
  // --where knows no entry of --x.
  EXPECT_THAT(error("D=toks, N=size*D", {"--y", "val"}),
              HasSubstr("size*D is -10, but the law needs it positive (leave such rows out with "
                        "--where)"));
  EXPECT_THAT(error("N=toks, D=toks", {"--y", "val"}), HasSubstr("val is -3 and has no logarithm"));
  EXPECT_THAT(error("N=toks, D=toks", {"--y", "acc", "--loss", "binomial:100"}),
              HasSubstr("acc is 54, which is no share of questions: those lie between 0 and 1, so "
                        "in 2 rows (percentages are shares by --y \"acc / 100\")"));
  EXPECT_THAT(error("N=toks, D=toks", {"--y", "acc + 1", "--loss", "binomial:100"}),
              HasSubstr("--y \"(acc + 1) / 100\""));
}

TEST_F(FitCommandTest, AColumnWithTheNameOfAnotherInputIsDoubted) {
  const std::string table = write("runs.csv", runs(0.002));
  const auto said = [&](const std::string& x) {
    return run_rung({"fit", table, "--law", "chinchilla", "--x", x, "--bootstrap", "0"}).err;
  };
  const std::string swapped = said("N=tokens, D=params");
  EXPECT_THAT(swapped, HasSubstr("--x takes N from 'tokens'"));
  EXPECT_THAT(swapped, HasSubstr("--x takes D from 'params'"));
  EXPECT_THAT(said("N=params, D=tokens"), testing::Not(HasSubstr("--x takes")));
  EXPECT_THAT(said("N=params, D=C/(6*N)"), testing::Not(HasSubstr("--x takes")));
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
              HasSubstr("params is 7 in all 6 rows"));
  EXPECT_THAT(error("params,tokens,loss\n1,1,3\n2,2,3\n3,7,3\n4,4,3\n5,2,3\n6,6,3\n"),
              HasSubstr("loss is 3 in all 6 rows"));
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
