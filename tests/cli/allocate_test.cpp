/// What to do with a budget: rung allocate.

#include "tests/cli/plan_command.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::Not;

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
  json earlier = json::parse(read_file(saved));
  earlier.erase("flops_over_six_nd");
  write_file(saved, earlier.dump());
  EXPECT_THAT(run_rung(from_fit).err, HasSubstr("fit.json does not say of which"));
}

/// Tokens go with sizes, so that the data leave open what to do with a budget, and what comes of
/// it.
TEST_F(PlanCommandTest, WhatIsNotDeterminedHasNoLoss) {
  std::string text = "params,tokens,loss\n";
  Rng rng(5);
  for (double n = 1e7; n < 2e9; n *= 2)
    text += shortest(n) + "," + shortest(20 * n) + "," +
            shortest(truth(n, 20 * n) * std::exp(0.003 * rng.normal())) + "\n";
  write_file(place("ratio.csv"), text);
  const std::vector<std::string> words = {
      "allocate",           place("ratio.csv"), "--law", "chinchilla", "--x",
      "N=params, D=tokens", "--budget",         "1e22",  "--csv",      "-"};
  const json answer = results({words.begin(), words.end() - 2})[0];
  EXPECT_EQ(answer["determined"], false);
  EXPECT_TRUE(answer["loss"].is_number());
  // What is spent is known: all else is not.
  EXPECT_THAT(run_rung(words).out, HasSubstr("\n1e22 FLOPs,,,,,,,,1e+22,,,,,,\n"));
}

TEST_F(PlanCommandTest, WhatEveryModelReachesHasNoCheapest) {
  const std::string loss = place("loss.json"), accuracy = place("accuracy.json");
  results({"fit", runs_, "--law", "chinchilla", "--x", "N=params,D=tokens", "--bootstrap", "50",
           "--save-fit", loss});
  results({"fit", runs_, "--law", "sigmoid", "--x", "L=loss", "--y", "accuracy", "--bootstrap",
           "50", "--save-fit", accuracy});
  const std::vector<std::string> by_both = {"allocate", "--fit", loss, "--accuracy-fit", accuracy};
  const auto asked = [&](std::vector<std::string> words) {
    words.insert(words.begin(), by_both.begin(), by_both.end());
    words.insert(words.end(), {"--json", "-"});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("every model reaches it"));
    EXPECT_THAT(ran.err, Not(HasSubstr("refits")));
    return json::parse(ran.out)["results"];
  };
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--target-accuracy", "0.01,0.2"}, {"--target-loss", "1e9,1e3"}}) {
    for (const json& answer : asked(words)) {
      EXPECT_EQ(answer["reachable"], true);
      EXPECT_EQ(answer["reached_by_all"], true);
      EXPECT_FALSE(answer.contains("n_params"));
      EXPECT_THAT(answer["reason"].get<std::string>(), HasSubstr("none is the cheapest: of 100K"));
    }
  }
  const json some = results({"allocate", "--fit", loss, "--target-loss", "4"})[0];
  EXPECT_EQ(some["reached_by_all"], false);
  EXPECT_TRUE(some["n_params"].is_number());
}

TEST_F(PlanCommandTest, ATargetThatIsNotReachedHasARowAmongThoseThatAre) {
  const std::vector<std::string> asked = {"allocate",      runs_,  "--law",
                                          "chinchilla",    "--x",  "N=params, D=tokens",
                                          "--target-loss", "1,2.3"};
  EXPECT_THAT(run_rung(asked).out, HasSubstr("\nloss 1         -  not reachable "));
  std::vector<std::string> as_rows = asked;
  as_rows.insert(as_rows.end(), {"--csv", "-"});
  EXPECT_THAT(run_rung(as_rows).out, HasSubstr("\nloss 1,,,"));
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
  EXPECT_THAT(
      allocate({"--noise-sd", "0.001", "--bootstrap", "20"}),
      AllOf(HasSubstr("--noise-sd changes nothing: allocate's"), Not(HasSubstr("scatter"))));
  EXPECT_THAT(allocate({"--noise-sd", "0.001", "--prior", "alpha ~ normal(0.34, 0.1)"}),
              Not(HasSubstr("nothing")));
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
  const auto told = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"allocate",   runs_, "--x",      "N=params,D=tokens",
                                      "--approach", "1",   "--budget", "1e21"};
    words.insert(words.end(), more.begin(), more.end());
    return run_rung(words).err;
  };
  const std::string plain = told({});
  EXPECT_THAT(plain, testing::ContainsRegex(
                         "on chinchilla, the law that approach 3 fits to the runs: at 1e21 FLOPs "
                         "N = [0-9.]+B is best, and approach 1 would say [0-9.]+B, "));
  told({"--where", "params<1e9", "-o", place("bent.svg")});  // large budgets have only small models
  EXPECT_THAT(read_file(place("bent.svg")), HasSubstr("approach 3"));
  EXPECT_THAT(told({"--fix", "alpha=0.2"}),
              AllOf(Not(plain),
                    HasSubstr("--fix changes nothing of what approach 1 and 2 say, only the law")));
  EXPECT_THAT(told({"--law", "chinchilla-no-floor"}), HasSubstr("on chinchilla-no-floor, the law"));
  EXPECT_THAT(told({"--loss", "huber:0.001"}), HasSubstr("--loss changes nothing of what"));
  EXPECT_THAT(plain, Not(HasSubstr("nothing")));
  EXPECT_THAT(
      told({"--level", "0.8"}),
      HasSubstr("--level changes nothing under --approach 1 and 2: they have no intervals"));
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

}  // namespace
}  // namespace rung::cli
