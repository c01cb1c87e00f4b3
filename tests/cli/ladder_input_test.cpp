// Bad input to the ladder's commands: said clearly, with its place, exit status 2, nothing written.

#include <filesystem>

#include "tests/cli/small_ladder.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Matcher;

class LadderInput : public ::testing::Test {
 protected:
  /// All outputs asked for, none there afterwards.
  void refused(const std::string& command, const Matcher<std::string>& message,
               std::vector<std::string> more = {}) {
    for (const char* option : {"--json", "--csv", "--latex"}) {
      more.emplace_back(option);
      more.push_back(ladder_.path(std::string("out") + option));
    }
    const Ran ran = ladder_.run(command, more);
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, message);
    for (const char* option : {"--json", "--csv", "--latex"})
      EXPECT_FALSE(std::filesystem::exists(ladder_.path(std::string("out") + option)));
  }
  std::string at(const std::string& name, const std::string& rest) const {
    return ladder_.path(name) + rest;
  }

  SmallLadder ladder_;
};

TEST_F(LadderInput, GoodInputIsTaken) {
  for (const char* command : {"step1", "step2", "predict"}) {
    const Ran ran = ladder_.run(command, {"--moving_avg", "3"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("big"));
  }
}

TEST_F(LadderInput, MissingConfiguration) {
  ladder_.remove("config.json");
  refused("step1", HasSubstr(at("config.json", ": error: ")));
}

TEST_F(LadderInput, MissingRun) {
  ladder_.remove("M-4xC.csv");
  refused("step1", AllOf(HasSubstr(at("config.json", ":3:")), HasSubstr("M-4xC.csv")));
}

TEST_F(LadderInput, MissingColumnNamesTheNearest) {
  ladder_.write("tasks.toml", "[tasks.t]\nrc_bpb = \"throughput/tokens\"\nrc_acc = \"y\"\n");
  refused("step1", AllOf(HasSubstr(at("S-1xC.csv", ":1")), HasSubstr("throughput/tokens"),
                         HasSubstr("throughput/total_tokens")));
}

TEST_F(LadderInput, EmptyFile) {
  ladder_.write("S-1xC.csv", "");
  refused("step1", HasSubstr(at("S-1xC.csv", ": error: the file is empty")));
}

TEST_F(LadderInput, HeaderWithoutCheckpoints) {
  ladder_.write("S-1xC.csv", "throughput/total_tokens,x,y\n");
  refused("predict", AllOf(HasSubstr(at("S-1xC.csv", ":1")), HasSubstr("no checkpoint")));
}

TEST_F(LadderInput, RaggedRow) {
  ladder_.write("S-1xC.csv", "throughput/total_tokens,x,y\n100,1,0.5\n200,1\n");
  refused("step2", HasSubstr(at("S-1xC.csv", ":3")));
}

TEST_F(LadderInput, NotANumber) {
  for (const char* cell : {"abc", "nan", "inf", ""}) {
    ladder_.write("S-1xC.csv",
                  std::string("throughput/total_tokens,x,y\n100,1,0.5\n200,") + cell + ",0.5\n");
    refused("step1", HasSubstr(at("S-1xC.csv", ":3:5")));
  }
}

TEST_F(LadderInput, TokensThatMakeNoSense) {
  for (const char* cell : {"-200", "0", "100", "nan", "inf"}) {
    ladder_.write("S-1xC.csv",
                  std::string("throughput/total_tokens,x,y\n100,1,0.5\n") + cell + ",1,0.5\n");
    refused("step1", HasSubstr(at("S-1xC.csv", ":3")));
  }
}

TEST_F(LadderInput, LossesThatAreNone) {
  for (const char* command : {"step1", "step2", "predict"}) {
    for (const char* cell : {"-1", "0"}) {
      ladder_.write("S-1xC.csv", std::string("throughput/total_tokens,x,y\n50,2,0.5\n100,") + cell +
                                     ",0.5\n200,1,0.5\n");
      refused(command, AllOf(HasSubstr(at("S-1xC.csv", ":3: error: run 'S' has x ")),
                             HasSubstr("at 100 tokens, which is no loss")));
    }
  }
}

TEST_F(LadderInput, AccuraciesThatAreNone) {
  ladder_.write("S-1xC.csv", "throughput/total_tokens,x,y\n100,2,1.5\n200,1,0.5\n");
  for (const char* command : {"step2", "predict"})
    refused(command, HasSubstr(at("S-1xC.csv", ":2: error: y is 1.5, which is no share")));
}

TEST_F(LadderInput, MaximumBelowWhatARunScores) {
  ladder_.write("tasks.toml", "[tasks.t]\nrc_bpb = \"x\"\nrc_acc = \"y\"\nmaximum = 0.3\n");
  for (const char* command : {"step2", "step2-mc", "single-step", "predict", "diagnose", "compare"})
    refused(command, AllOf(HasSubstr(at("tasks.toml", ":1")), HasSubstr("task 't': run big scores"),
                           HasSubstr("above the maximum of 30.0%")));
}

TEST_F(LadderInput, EveryProblemIsTold) {
  ladder_.write("S-1xC.csv", "throughput/total_tokens,x,y\n100,abc,0.5\n200,nan,0.5\n");
  ladder_.write("L-4xC.csv", "");
  refused("step1", AllOf(HasSubstr(at("S-1xC.csv", ":2:5")), HasSubstr(at("S-1xC.csv", ":3:5")),
                         HasSubstr(at("L-4xC.csv", ": error: the file is empty"))));
}

TEST_F(LadderInput, DuplicateRuns) {
  ladder_.write("M-4xC.csv", read_file(ladder_.path("M-1xC.csv")));
  refused("step1", AllOf(HasSubstr(at("config.json", ":3:")), HasSubstr("the same run")));
  ladder_.spoil("config.json", "M-4xC.csv", "M-1xC.csv");
  refused("step1", AllOf(HasSubstr(at("config.json", ":3:")), HasSubstr("M-1xC.csv")));
}

TEST_F(LadderInput, ConfigurationWithoutN) {
  ladder_.spoil("config.json", ", \"n\": 400000000", "");
  refused("predict", AllOf(HasSubstr(at("config.json", ":3:")), HasSubstr("'n' is missing")));
}

TEST_F(LadderInput, UnknownTask) {
  refused("step1", AllOf(HasSubstr("'mmlu_avg_test_5shoot'"), HasSubstr("mmlu_avg_test_5shot")),
          {"-k", "mmlu_avg_test_5shoot"});
}

TEST_F(LadderInput, UnknownMetric) {
  refused("step1", AllOf(HasSubstr("rc_bbp"), HasSubstr("rc_bpb")), {"-y", "rc_bbp"});
}

TEST_F(LadderInput, MetricThatTheTaskHasNot) {
  refused("step1", AllOf(HasSubstr("'t'"), HasSubstr("mc_acc")), {"-y", "mc_acc"});
}

TEST_F(LadderInput, TooFewPoints) {
  ladder_.write("config.json",
                R"({"S": {"paths": ["S-1xC.csv", "S-4xC.csv"], "mode": "train", "n": 1e8}})");
  refused("step1", AllOf(HasSubstr("2 points"), HasSubstr("5")));
}

TEST_F(LadderInput, NothingToTrainOn) {
  ladder_.write("config.json", R"({"big": {"paths": ["big.csv"], "mode": "eval", "n": 1e10}})");
  refused("step1", HasSubstr("no training run"));
  refused("step2", HasSubstr("no training checkpoint"));
}

TEST_F(LadderInput, AllPointsEqual) {
  std::string config = "{";
  for (int i = 0; i < 6; ++i) {
    // Told apart by an accuracy that step 1 never sees.
    ladder_.write(fmt::format("r{}.csv", i),
                  fmt::format("throughput/total_tokens,x,y\n100,1,0.{}\n", i + 1));
    config += fmt::format(R"({}"m{}": {{"paths": ["r{}.csv"], "mode": "train", "n": 1e8}})",
                          i ? ", " : "", i, i);
  }
  ladder_.write("config.json", config + "}");
  refused("predict", HasSubstr("all 6 points"));
}

TEST_F(LadderInput, TargetThatIsNone) {
  refused("predict", AllOf(HasSubstr("'bigg'"), HasSubstr("'big'")), {"-t", "bigg"});
}

TEST_F(LadderInput, SeveralConfigurations) {
  refused("step1", HasSubstr("one configuration"), {"-c", "other.json"});
}

TEST_F(LadderInput, PlaceThatCantBeWritten) {
  const std::string place = ladder_.path("big.csv/out.png");
  const Ran ran = ladder_.run("step1", {"-o", place, "--json", ladder_.path("out.json")});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("is not a folder"));
  EXPECT_FALSE(std::filesystem::exists(ladder_.path("out.json")));
}

TEST_F(LadderInput, LatexThatCantBeWritten) {
  const Ran ran = ladder_.run(
      "step1", {"--latex", ladder_.path("big.csv/out.tex"), "--json", ladder_.path("out.json")});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_FALSE(std::filesystem::exists(ladder_.path("out.json")));
}

}  // namespace
}  // namespace rung::cli
