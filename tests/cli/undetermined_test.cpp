// What the data leave open: marked in pictures and not drawn as a number, or refused.
#include "tests/cli/fit_command.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::Not;

/// Six runs of two sizes, for a law of five parameters.
constexpr const char* kSix =
    "params,tokens,loss\n"
    "3e7,3e8,4.5607\n3e7,6e8,4.2878\n3e7,1.8e9,3.8958\n"
    "6e7,6e8,4.0531\n6e7,1.2e9,3.8039\n6e7,3.6e9,3.4773\n";

class UndeterminedTest : public FitCommandTest {
 protected:
  void SetUp() override {
    fit(write("six.csv", kSix), {"--law", "chinchilla", "--x", "N=params,D=tokens", "--at",
                                 "N=7B,D=4T", "--save-fit", saved_, "-o", place("fit.svg")});
  }
  std::string figure(std::vector<std::string> words) {
    words.insert(words.end(), {"-o", place("figure.svg")});
    EXPECT_EQ(run_rung(words).status, 0);
    return read_file(place("figure.svg"));
  }

  const std::string saved_ = place("six.json");
};

TEST_F(UndeterminedTest, APredictionIsARangeInThePictureOfItsFit) {
  EXPECT_THAT(read_file(place("fit.svg")),
              AllOf(HasSubstr("parameters not determined"), HasSubstr("not determined ("),
                    HasSubstr("dotted: the range"), Not(HasSubstr("shaded: "))));
}

TEST_F(UndeterminedTest, APredictionIsARangeInTheTitle) {
  EXPECT_THAT(figure({"predict", saved_, "--at", "N=7B,D=4T"}),
              AllOf(HasSubstr("loss at N = 7B, D = 4T: not determined ("),
                    Not(HasSubstr("rackets and bars"))));
  const Ran ran = run_rung({"predict", saved_, "--at", "N=7B,D=4T", "--json", "-"});
  EXPECT_FALSE(json::parse(ran.out)["results"][0]["predictions"][0]["determined"]);
}

TEST_F(UndeterminedTest, AChainIsNoMoreDeterminedThanItsFirstLaw) {
  std::string text = "loss,accuracy\n";
  for (double loss = 2.2; loss < 4.5; loss += 0.1)
    text += shortest(loss) + "," +
            shortest(0.25 + 0.7 / (1 + std::exp(3 * (loss - 3))) + 0.001 * std::sin(9 * loss)) +
            "\n";
  fit(write("accuracy.csv", text), {"--law", "sigmoid", "--x", "L=loss", "--y", "accuracy",
                                    "--save-fit", place("accuracy.json")});
  const std::vector<std::string> chain = {"predict", saved_,     "--then", place("accuracy.json"),
                                          "--at",    "N=7B,D=4T"};
  EXPECT_THAT(figure(chain), HasSubstr("accuracy at N = 7B, D = 4T: not determined ("));
  EXPECT_THAT(run_rung(chain).out,
              HasSubstr("N=7B, D=4T: parameters that fit equally well predict"));
}

TEST_F(UndeterminedTest, LinesAndResidualsAreSaidToBeOfOneOfMany) {
  for (const char* kind : {"contours", "residuals"})
    EXPECT_THAT(figure({"fit", place("six.csv"), "--law", "chinchilla", "--x", "N=params,D=tokens",
                        "--figure", kind}),
                HasSubstr("The data do not determine the parameters"));
}

TEST_F(UndeterminedTest, ASizeIsARangeInThePictureOfABudget) {
  const std::vector<std::string> words = {"allocate", "--fit", saved_, "--budget", "1e22"};
  EXPECT_THAT(figure(words), AllOf(HasSubstr("FLOPs: not determined ("), HasSubstr("otted: ")));
  const Ran ran = run_rung(with(words, {"--json", "-"}));
  EXPECT_FALSE(json::parse(ran.out)["results"][0]["determined"]);
}

TEST_F(UndeterminedTest, WhatTheDataDetermineKeepsItsNumberAndInterval) {
  fit(write("runs.csv", runs(0.002)),
      {"--law", "chinchilla", "--x", "N=params,D=tokens", "--save-fit", place("fit.json")});
  EXPECT_THAT(figure({"predict", place("fit.json"), "--at", "N=7B,D=4T"}),
              AllOf(HasSubstr("Brackets and bars: 95% intervals"), Not(HasSubstr("dotted: ")),
                    Not(HasSubstr("not determined"))));
}

TEST_F(UndeterminedTest, AnAverageWithoutAnIntervalSaysWhichLawHasNone) {
  std::string text = "params,tokens,loss\n";  // N and D move together
  for (int i = 0; i < 10; ++i) {
    const double n = 1e7 * std::pow(2, i);
    text += shortest(n) + "," + shortest(20 * n) + "," +
            shortest((1.7 + 200 * std::pow(n, -0.3)) * std::exp(0.003 * std::sin(7 * i))) + "\n";
  }
  const Ran ran = run_rung({"backtest", write("ten.csv", text), "--law", "chinchilla", "--formula",
                            "E + A/N^a", "--average", "backtest", "--x", "N=params,D=tokens",
                            "--over", "N", "--at", "N=7B,D=4T"});
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("the average has no interval"), HasSubstr("chinchilla has none")));
}

TEST_F(FitCommandTest, TooFewModelsAreSaidToBeTheSplits) {
  const std::string table =
      write("mm.csv",
            "Model,mine\nLlama-2-7b-hf,0.3\nLlama-2-13b-hf,0.4\nLlama-2-70b-hf,0.6\n"
            "Qwen-7B,0.35\n");
  std::vector<std::string> words = {"observe", "fit",  "--downstream", table,
                                    "--y",     "mine", "--x",          "pc:1"};
  const Ran cut = run_rung(words);
  EXPECT_EQ(cut.status, 2);
  EXPECT_THAT(cut.err, HasSubstr("--cutoff 84 (flops) leaves out 3 of 4"));
  EXPECT_THAT(cut.err, HasSubstr("--split none learns"));
  words.insert(words.end(), {"--split", "none", "--bootstrap", "0"});
  const Ran all = run_rung(words);
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_THAT(all.err, Not(HasSubstr("leaves out")));
}

TEST_F(FitCommandTest, ScoresThatAreFilledInAreNamed) {
  const Ran ran = run_rung({"observe", "place", "--mine",
                            write("seven.csv",
                                  "Model,ARC-C,HellaSwag,Winograd,TruthfulQA,GSM8K,XWinograd,"
                                  "HumanEval\nmine,0.53,0.78,0.74,0.39,0.14,0.75,0.13\n")});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.err, HasSubstr("mine has 7 of 8 scores: MMLU filled in from"));
}

}  // namespace
}  // namespace rung::cli
