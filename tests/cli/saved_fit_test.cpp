// What commands say of the saved fits that they are given, and where these don't belong.
#include "tests/cli/fit_command.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::Not;

TEST_F(FitCommandTest, PredictSaysWhatTheFitWasDoubtedFor) {
  std::string text = runs(0.001);
  text += "a,1e9,2e11,1.2e21,9.5,0\n";  // no run of this law
  fit(write("odd.csv", text), with(kChinchilla, {"--save-fit", place("odd.json")}));
  fit(write("runs.csv", runs(0.001)), with(kChinchilla, {"--save-fit", place("fit.json")}));
  const auto predict = [&](const char* saved) {
    return run_rung({"predict", place(saved), "--wide", "--at", "N=7e9, D=4e12"}).err;
  };
  EXPECT_THAT(predict("odd.json"), HasSubstr("not belong with the others"));
  const Ran ran = run_rung({"predict", place("odd.json"), "--json", "-", "--at", "N=7e9, D=4e12"});
  const json doubts = json::parse(ran.out)["results"][0]["doubts"];
  ASSERT_EQ(doubts.size(), 1u);
  EXPECT_THAT(doubts[0].get<std::string>(), HasSubstr("not belong with the others"));
  EXPECT_THAT(predict("fit.json"), Not(HasSubstr("not belong with the others")));
}

/// It is of a table, and not of what is written.
TEST_F(FitCommandTest, PredictRefusesAFormatWithoutATable) {
  fit(write("runs.csv", runs(0.001)), with(kChinchilla, {"--save-fit", place("fit.json")}));
  const Ran ran =
      run_rung({"predict", place("fit.json"), "--format", "csv", "--at", "N=7e9, D=4e12"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("--format says how a table of inputs is read, and none is given"));
}

/// Of the group whose fit it is, in the table and in the figure's title.
TEST_F(FitCommandTest, PredictMarksWhatIsDoubted) {
  fit(write("odd.csv", runs(0.001) + "a,1e9,2e11,1.2e21,9.5,0\n"),
      with(kChinchilla, {"--group-by", "recipe", "--save-fit", place("odd.json")}));
  std::string text = "loss,acc\n";
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    text += shortest(loss) + "," + shortest(0.25 + 0.7 / (1 + std::exp(3 * (loss - 3)))) + "\n";
  fit(write("acc.csv", text), {"--law", "sigmoid", "--x", "L=loss", "--y", "acc", "--bootstrap",
                               "0", "--save-fit", place("acc.json")});
  for (const bool chained : {false, true}) {
    std::vector<std::string> words = {"predict", place("odd.json"), "--at", "N=3e9, D=6e10",
                                      "-o",      place("odd.svg")};
    if (chained) words = with(words, {"--then", place("acc.json")});
    const Ran ran = run_rung(words);
    ASSERT_EQ(ran.status, 0) << ran.err;
    const std::size_t a = ran.out.rfind("\na "), b = ran.out.rfind("\nb ");
    ASSERT_LT(a, b);
    EXPECT_THAT(ran.out.substr(a, b - a), HasSubstr(" (!)"));
    EXPECT_THAT(ran.out.substr(b, ran.out.find('\n', b + 1) - b), Not(HasSubstr("(!)")));
    EXPECT_THAT(ran.out, HasSubstr("(!): the warnings say what speaks against the fit"));
    EXPECT_THAT(read_file(place("odd.svg")), ::testing::ContainsRegex("a [0-9.]+ \\(!\\), b"));
  }
}

/// Written as any others, with the exit status of nothing to use.
TEST_F(FitCommandTest, PredictWithoutAnyValueHasNoUsableResult) {
  std::string text = "x,y\n";
  for (int x = 2; x <= 12; ++x)
    text += std::to_string(x) + "," + shortest(3 + 2 * std::log(x - 0.5) + 0.01 * std::sin(9 * x)) +
            "\n";
  fit(write("log.csv", text), {"--formula", "c + a * log(x - 0.5)", "--x", "x=x", "--y", "y",
                               "--save-fit", place("log.json")});
  const Ran none = run_rung(
      {"predict", place("log.json"), "--at", "x=0.25", "--json", "-", "--csv", place("none.csv")});
  EXPECT_EQ(none.status, 1) << none.err;
  const json row = json::parse(none.out)["results"][0]["predictions"][0];
  EXPECT_TRUE(row["predicted"].is_null());
  EXPECT_EQ(row["beyond"], "8x below in x");
  EXPECT_THAT(read_file(place("none.csv")), HasSubstr("8x below in x"));
  EXPECT_EQ(run_rung({"predict", place("log.json"), "--at", "x=0.25", "--at", "x=5"}).status, 0);
}

/// A law of tokens per parameter and compute is asked for a model by its size and length, too.
TEST_F(FitCommandTest, PredictTakesSizeAndLengthForALawOfCompute) {
  fit(write("runs.csv", runs(0.001)),
      {"--law", "over-training", "--x", "M=tokens/params, C=6*params*tokens", "--bootstrap", "0",
       "--save-fit", place("fit.json")});
  const auto predicted = [&](const std::string& at) {
    const Ran ran = run_rung({"predict", place("fit.json"), "--at", at, "--csv", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  };
  EXPECT_EQ(predicted("N=1B, D=20B"), predicted("M=20, C=1.2e20"));
  EXPECT_EQ(predicted("ratio=20, N=1B, D=ratio*N"), predicted("M=20, C=1.2e20"));
  for (const char* one_beside :
       {"N=1B, M=20", "D=20B, M=20", "N=1B, C=1.2e20", "D=20B, C=1.2e20", "N=1B, D=20B, M=20"})
    EXPECT_EQ(predicted(one_beside), predicted("M=20, C=1.2e20")) << one_beside;
  const Ran two_ratios = run_rung({"predict", place("fit.json"), "--at", "N=1B, D=20B, M=30"});
  EXPECT_EQ(two_ratios.status, 2);
  EXPECT_THAT(two_ratios.err, HasSubstr("M is 30, and D / N is 20"));
  const Ran half = run_rung({"predict", place("fit.json"), "--at", "N=1B"});
  EXPECT_EQ(half.status, 2);
  EXPECT_THAT(half.err,
              AllOf(HasSubstr("has no input 'N'"), HasSubstr("N and D together, or one of them")));
}

TEST_F(FitCommandTest, PredictMarksLossesOfZeroOrLessAsBeyondTheData) {
  std::string text = "loss,acc\n";
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    text += shortest(loss) + "," + shortest(0.25 + 0.7 / (1 + std::exp(3 * (loss - 3)))) + "\n";
  const json fitted =
      fit(write("acc.csv", text), {"--law", "sigmoid", "--x", "L=loss", "--y", "acc", "--bootstrap",
                                   "0", "--at", "L=0", "--save-fit", place("acc.json")});
  EXPECT_THAT(fitted.dump(), HasSubstr("0 or less in L"));
  const Ran ran = run_rung({"predict", place("acc.json"), "--at", "L=0", "--at", "L=-1", "--csv",
                            place("acc_at.csv"), "--json", "-"});
  for (const json& row : json::parse(ran.out)["results"][0]["predictions"]) {
    EXPECT_EQ(row["beyond"], "0 or less in L");
    EXPECT_TRUE(row["extrapolation"].is_null());
  }
  EXPECT_THAT(read_file(place("acc_at.csv")), HasSubstr("extrapolation,beyond,doubts"));
}

TEST_F(FitCommandTest, AllocateSaysWhatItsFitsWereDoubtedFor) {
  const std::string odd = runs(0.001) + "a,1e9,2e11,1.2e21,9.5,0\n";
  fit(write("odd.csv", odd), with(kChinchilla, {"--save-fit", place("odd.json")}));
  fit(write("runs.csv", runs(0.001)), with(kChinchilla, {"--save-fit", place("fit.json")}));
  std::string accuracies = "loss,acc\n2.5,0.95\n";  // the first is of no such curve
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    accuracies += shortest(loss) + "," + shortest(0.25 + 0.5 / (1 + std::exp(3 * (loss - 3)))) +
                  "\n" + shortest(loss) + "," +
                  shortest(0.252 + 0.5 / (1 + std::exp(3 * (loss - 3)))) + "\n";
  fit(write("acc.csv", accuracies), {"--law", "sigmoid", "--x", "L=loss", "--y", "acc",
                                     "--bootstrap", "0", "--save-fit", place("acc.json")});
  const auto allocate = [&](const char* saved, const std::vector<std::string>& more) {
    return run_rung(with({"allocate", "--wide", "--fit", place(saved)}, more));
  };
  const char* const kDoubt = "not belong with the others";
  EXPECT_THAT(allocate("odd.json", {"--budget", "1e21"}).err, HasSubstr(kDoubt));
  EXPECT_THAT(allocate("fit.json", {"--budget", "1e21"}).err, Not(HasSubstr(kDoubt)));
  const std::vector<std::string> chain = {"--target-accuracy", "0.5", "--accuracy-fit",
                                          place("acc.json")};
  EXPECT_THAT(allocate("fit.json", chain).err, HasSubstr("acc.json: 1 row does not belong"));
  const Ran asked = allocate("fit.json", with(chain, {"--json", "-"}));
  ASSERT_EQ(asked.status, 0) << asked.err;
  const json doubts = json::parse(asked.out)["results"][0]["doubts"];
  ASSERT_EQ(doubts.size(), 1u);
  EXPECT_THAT(doubts[0].get<std::string>(), HasSubstr(kDoubt));
}

/// A single second fit goes with all groups and rows: what it was fitted to is said.
TEST_F(FitCommandTest, ASecondFitSaysWhatItWasFittedTo) {
  const std::string table = write("runs.csv", runs(0.002));
  fit(table, with(kChinchilla, {"--group-by", "recipe", "--save-fit", place("groups.json")}));
  fit(table, with(kChinchilla, {"--where", "recipe='a'", "--save-fit", place("a.json")}));
  std::string text = "loss,acc,mix\n";
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    text += shortest(loss) + "," + shortest(0.25 + 0.7 / (1 + std::exp(3 * (loss - 3)))) + ",a\n";
  const std::vector<std::string> curve = {"--law", "sigmoid",     "--x", "L=loss",    "--y",
                                          "acc",   "--bootstrap", "0",   "--save-fit"};
  fit(write("acc.csv", text), with(curve, {place("all.json")}));
  fit(place("acc.csv"), with(curve, {place("web.json"), "--where", "mix='a'"}));
  const auto chain = [&](const char* first, const char* then) {
    return run_rung(
               {"predict", place(first), "--then", place(then), "--wide", "--at", "N=7e9,D=1.4e11"})
        .err;
  };
  EXPECT_THAT(chain("groups.json", "web.json"),
              HasSubstr("--then was fitted to rows where mix='a', and is used for all groups"));
  EXPECT_THAT(chain("a.json", "web.json"),
              HasSubstr("mix='a', and is used for a fit to rows where recipe='a'"));
  EXPECT_THAT(chain("groups.json", "all.json"), HasSubstr("used for all groups"));
  EXPECT_THAT(chain("a.json", "all.json"), Not(HasSubstr("--then")));
  json old = json::parse(read_file(place("all.json")));
  old["request"].erase("where");
  write("old.json", old.dump());
  EXPECT_THAT(chain("a.json", "old.json"),
              HasSubstr("--then was saved by an earlier version, which did not keep to what rows"));
  const Ran allocated = run_rung({"allocate", "--fit", place("groups.json"), "--accuracy-fit",
                                  place("web.json"), "--target-accuracy", "0.7", "--wide"});
  EXPECT_THAT(allocated.err, HasSubstr("--accuracy-fit was fitted to rows where mix='a'"));
  EXPECT_THAT(allocated.out, HasSubstr("acc\n"));
}

TEST_F(FitCommandTest, AllocateNamesWhatTheLawPredicts) {
  std::string text = runs(0.001);
  text.replace(text.find("loss"), 4, "bits");
  const std::vector<std::string> words = {"allocate", write("bits.csv", text),
                                          "--law",    "chinchilla",
                                          "--x",      "N=params,D=tokens",
                                          "--y",      "bits",
                                          "--budget", "1e21"};
  const std::string out = run_rung(words).out;
  EXPECT_THAT(out, HasSubstr("bits"));
  EXPECT_THAT(out, Not(HasSubstr("loss")));
}

TEST_F(FitCommandTest, ASavedFitIsNoTable) {
  fit(write("runs.csv", runs(0.001)), with(kChinchilla, {"--save-fit", place("fit.json")}));
  const std::string saved = place("fit.json"), table = place("runs.csv");
  const std::vector<std::vector<std::string>> uses = {
      {"fit", saved, "--law", "chinchilla"},
      with({"fit", table, "--predict", saved}, kChinchilla),
      {"fit", table, "--law", "chinchilla", "--join", saved, "--on", "N"},
      {"allocate", saved, "--budget", "1e21"},
      {"allocate", saved, "--budget", "1e21", "--approach", "2"},
      {"backtest", saved, "--law", "chinchilla"},
      {"plan", saved, "--law", "chinchilla", "--grid", "N=1e8,D=1e9", "--budget", "1e20"},
      {"predict", saved, saved},
      {"import", saved},
      {"import", table, "--facts", saved},
      {"runs", saved},
      {"decide", saved},
      {"observe", "place", "--mine", saved},
      {"observe", "pca", "--data", saved}};
  for (const std::vector<std::string>& words : uses)
    EXPECT_THAT(fails(words).err, HasSubstr("this is a saved fit, not a table"))
        << join(words, " ");
}

TEST_F(FitCommandTest, APercentSignIsToldHowToWrite) {
  const std::string table = write("runs.csv", runs(0.001));
  EXPECT_THAT(fails(with({"fit", table, "--where", "loss > 30%"}, kChinchilla)).err,
              AllOf(HasSubstr("a percent sign is no part of a number"),
                    HasSubstr("write 0.3 for a share, or the amount itself")));
  EXPECT_THAT(fails(with({"fit", table, "--seed", "7%"}, kChinchilla)).err,
              HasSubstr("a count is expected, no percentage"));
}

/// Rows that no fit predicts are told, with `rung fit --predict` as with a saved fit.
TEST_F(FitCommandTest, RowsThatAreNotPredictedAreToldWithLineAndGroup) {
  const std::string table = write("runs.csv", runs(0.002)), saved = place("groups.json");
  const std::vector<std::string> groups = with(kChinchilla, {"--group-by", "recipe"});
  fit(table, with(groups, {"--save-fit", saved}));
  const std::string some = write("some.csv", "params,C,recipe\n7e9,1e22,a\n7e9,,b\n7e9,1e22,q\n");
  const std::string none = write("none.csv", "params,C,recipe\n7e9,1e22,q\n");
  const auto commands = [&](const std::string& rows) {
    return std::vector<std::vector<std::string>>{
        {"predict", saved, rows}, with(with({"fit", table}, groups), {"--predict", rows})};
  };
  for (const std::vector<std::string>& words : commands(some)) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("1 of 3 rows (first: line 3) lack an input and are left out"));
    EXPECT_THAT(ran.err, HasSubstr("1 of 2 rows (first: line 4) are of no group of the fit ('q')"));
  }
  for (const std::vector<std::string>& words : commands(none))
    EXPECT_THAT(fails(words).err, HasSubstr("no row is of a group that the fit has (its groups "
                                            "are 'a', 'b')"));
}

/// A number that stands alone is a further value of an option; a fit of all rows has no group ''.
TEST_F(FitCommandTest, AllocateSaysInWordsWhatDoesNotBelong) {
  const std::string table = write("runs.csv", runs(0.001));
  fit(table, with(kChinchilla, {"--save-fit", place("fit.json")}));
  fit(table, {"--law", "sigmoid", "--x", "L=loss", "--y", "seed / 4 + 0.1", "--bootstrap", "0",
              "--group-by", "recipe", "--save-fit", place("groups.json")});
  EXPECT_THAT(fails({"allocate", "--fit", place("fit.json"), "--accuracy-fit", place("groups.json"),
                     "--target-accuracy", "0.7", "0.9"})
                  .err,
              AllOf(HasSubstr("'0.9' is no table"), HasSubstr("comma")));
  EXPECT_THAT(fails(with({"allocate", table, "--budget", "1e21", "1e22"}, kChinchilla)).err,
              HasSubstr("'1e22' is no table"));
  EXPECT_THAT(fails({"allocate", "--fit", place("fit.json"), "--accuracy-fit", place("groups.json"),
                     "--budget", "1e21"})
                  .err,
              AllOf(HasSubstr("has fits of groups ('a', 'b')"), Not(HasSubstr("group ''"))));
  EXPECT_THAT(fails(with({"fit", write("none.csv", "params,tokens,C,loss\n")}, kChinchilla)).err,
              HasSubstr("none.csv: error: the table has no rows (each run needs one"));
}

TEST_F(FitCommandTest, AllocateSaysWhyTheMostTokensLeaveOneSize) {
  const std::string table = write("runs.csv", runs(0.001));
  const auto allocate = [&](const char* most) {
    return run_rung(
               with({"allocate", table, "--budget", "1e21", "--most-tokens", most}, kChinchilla))
        .out;
  };
  EXPECT_THAT(allocate("1e10"), HasSubstr("note: N and D have no spread"));
  EXPECT_THAT(allocate("1e13"), Not(HasSubstr("no spread")));
}

}  // namespace
}  // namespace rung::cli
