/// What laws of an accuracy say where they give more than 1: rung allocate, backtest, plan.

#include "tests/cli/plan_command.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::Not;

class ImpossibleAccuracyTest : public PlanCommandTest {
 protected:
  const std::vector<std::string> law_ = {
      "--formula", "a - b*ln(1/N^0.3 + c/D^0.3)", "--x", "N=params,D=tokens", "--y", "accuracy"};

  /// Of a command on the runs.
  std::vector<std::string> command(const char* name, const std::vector<std::string>& more) {
    std::vector<std::string> words = {name, runs_};
    words.insert(words.end(), law_.begin(), law_.end());
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(ImpossibleAccuracyTest, AllocateHasNone) {
  const auto words = command("allocate", {"--budget", "1e21,1e30", "--bootstrap", "20"});
  const json found = results(words);
  EXPECT_LT(found[0]["loss"], 1);
  EXPECT_TRUE(found[1]["loss"].is_null());
  EXPECT_TRUE(found[1]["loss_interval"].is_null());
  EXPECT_GT(found[1]["n_params"], found[0]["n_params"]);
  std::vector<std::string> drawn = words;
  drawn.insert(drawn.end(), {"-o", place("sizes.svg")});
  EXPECT_THAT(run_rung(drawn).err, HasSubstr("1e30 FLOPs: the law gives "));
  EXPECT_THAT(read_file(place("sizes.svg")), HasSubstr("o accuracy at 10³⁰ FLOPs"));
  EXPECT_THAT(error(command("allocate", {"--target-accuracy", "80"})),
              HasSubstr("--target-accuracy 80 is not from 0 to 1 (a share is meant: 0.8)"));
  EXPECT_THAT(error(command("allocate", {"--target-accuracy", "1.2"})),
              HasSubstr("--target-accuracy 1.2 is not from 0 to 1"));
}

TEST_F(ImpossibleAccuracyTest, BacktestAveragesWhatCanBe) {
  const std::vector<std::string> words = {
      "backtest",  runs_,   "--x",       "N=params,D=tokens",     "--y",  "accuracy",
      "--formula", law_[1], "--formula", "a - b/N^0.3 - c/D^0.3", "--at", "N=1e14, D=1e16"};
  const json at = results(words).back()["predictions"][0];
  EXPECT_TRUE(at["laws"]["formula 1"]["predicted"].is_null());
  const double other = at["laws"]["formula 2"]["predicted"];
  EXPECT_NEAR(at["predicted"].get<double>(), other, 1e-12);
  EXPECT_THAT(at["notes"].dump(), HasSubstr("above 1, where no value can be"));
  const Ran text = run_rung(words);
  EXPECT_THAT(text.out, HasSubstr("note: at N=1e14, D=1e16 formula 1 gives "));
  EXPECT_THAT(text.out, HasSubstr("the average leaves it out"));
}

TEST_F(ImpossibleAccuracyTest, NoAverageWhereNoLawHasAValueThatCanBe) {
  const json at = results(command("backtest", {"--at", "N=1e14, D=1e16"})).back()["predictions"][0];
  EXPECT_TRUE(at["predicted"].is_null());
  EXPECT_TRUE(at["interval"].is_null());
}

TEST_F(ImpossibleAccuracyTest, PlanSaysWhyATargetHasNone) {
  const auto words =
      command("plan", {"--at", "N=1e14, D=1e16", "--grid", "N=1e8..3e9:5,ratio=5|20|80,D=ratio*N",
                       "--runs", "3", "-o", place("plan.svg")});
  const Ran ran = run_rung(words);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("N=100T, D=1e16: the law gives "),
                             HasSubstr("above 1, where no value"), Not(HasSubstr("not determined")),
                             Not(HasSubstr("expected with these runs"))));
  EXPECT_THAT(read_file(place("plan.svg")), HasSubstr("the law does not hold"));
  const json target = results(words)[0]["targets"][0];
  EXPECT_TRUE(target["interval_after"].is_null());
  EXPECT_THAT(target["note"].get<std::string>(), HasSubstr("above 1"));
}

/// The lines of a chain stop where the second law leaves what can be.
TEST_F(ImpossibleAccuracyTest, PicturesOfPredictionsStopThere) {
  const std::string loss = place("loss.json"), line = place("line.json");
  results({"fit", runs_, "--law", "chinchilla", "--x", "N=params,D=tokens", "--save-fit", loss});
  results({"fit", runs_, "--formula", "a + b*L", "--x", "L=loss", "--y", "1 - accuracy",
           "--save-fit", line});
  const std::string picture = place("chain.svg");
  const Ran ran =
      run_rung({"predict", loss, "--then", line, "--at", "N=1e5, D=1e6", "-o", picture});
  EXPECT_EQ(ran.status, 1) << ran.err;  // nothing is predicted
  const std::string drawn = read_file(picture);
  EXPECT_THAT(drawn, AllOf(HasSubstr("above 1, where the law does not hold"),
                           Not(HasSubstr("not determined"))));
}

}  // namespace
}  // namespace rung::cli
