#include "rung/data/reader/ladder_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/data/reader/ladder_config.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kAcc = {"acc"};

std::string run_error(const TempFolder& folder, const std::string& csv) {
  const auto file = folder.write("bad.csv", csv);
  try {
    read_run(file, {kAcc});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// A configuration of two models over files already in the folder.
Config config_of(const TempFolder& folder, const std::string& paths_of_a,
                 const std::string& paths_of_b) {
  return read_config(folder.write(
      "config.json", "{\"190M\": {\"paths\": " + paths_of_a +
                         ", \"mode\": \"train\", \"n\": 190e6},\n\"big\": {\"paths\": " +
                         paths_of_b + ", \"mode\": \"eval\", \"n\": 900, \"flops\": 7}}"));
}

TEST(HaveColumns, AsEachHeaderSays) {
  const TempFolder folder;
  folder.write("a.csv", "_step,acc,loss\nnot read\n");
  folder.write("b.csv", "\"acc\",_step\n");
  const Config config = config_of(folder, R"(["a.csv"])", R"(["b.csv"])");
  EXPECT_TRUE(have_columns(config, kAcc));
  EXPECT_FALSE(have_columns(config, std::vector<std::string>{"acc", "loss"}));
  folder.write("b.csv", "");
  EXPECT_TRUE(have_columns(config, std::vector<std::string>{"acc", "loss"})) << "b can't be read";
}

TEST(ReadRun, TokensFromTotalTokensElseStepTimesBatch) {
  const TempFolder folder;
  const auto total =
      read_run(folder.write("190M-1xC-rerun.csv",
                            "_step,acc,throughput/total_tokens,batch_size_in_tokens\n"
                            "7,0.25,3812622336.0,1\n8,0.5,3812622337.9,1\n"),
               {kAcc});
  EXPECT_THAT(total.n_tokens, ElementsAre(3812622336.0, 3812622337.0));
  EXPECT_EQ(total.length, "1xC");
  EXPECT_THAT(total.metrics.at("acc"), ElementsAre(0.25, 0.5));
  EXPECT_THAT(total.metrics.at("step"), ElementsAre(7, 8));
  EXPECT_EQ(total.metrics.size(), 2u);
  EXPECT_EQ(total.location(1).line, 3u);
  const auto steps = read_run(
      folder.write("peteish7.csv", "_step,acc,batch_size_in_tokens\n0,0.1,4\n10.0,0.25,4.0\n"),
      {kAcc});
  EXPECT_THAT(steps.n_tokens, ElementsAre(0, 40));
  EXPECT_EQ(steps.length, "");
}

TEST(ReadRun, StepsOfATableOfOnesOwnAreKept) {
  const TempFolder folder;
  const std::string text = "model,step,n_tokens,acc\na,500,1e9,0.3\na,,2e9,0.4\nb,7,1e9,0.3\n";
  const auto table = folder.write("runs.csv", text).string();
  const std::vector<double> steps = read_run(table + "#a", {kAcc}).metrics.at("step");
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0], 500);
  EXPECT_TRUE(std::isnan(steps[1]));
}

TEST(ReadRun, OneRowAndCrLf) {
  const TempFolder folder;
  const auto run = read_run(
      folder.write("x.csv", "throughput/total_tokens,acc,batch_size_in_tokens\r\n12,0.5,4\r\n"),
      {kAcc});
  EXPECT_EQ(run.n_rows(), 1u);
  EXPECT_THAT(run.n_tokens, ElementsAre(12));
}

TEST(ReadRun, BadInputSaysWhereAndWhat) {
  const TempFolder folder;
  const std::string head = "_step,acc,batch_size_in_tokens\n";
  EXPECT_THAT(run_error(folder, ""), HasSubstr("bad.csv"));
  EXPECT_THAT(run_error(folder, head), HasSubstr("no checkpoint"));
  EXPECT_THAT(run_error(folder, "_step,accc,batch_size_in_tokens\n1,2,3\n"),
              AllOf(HasSubstr("'acc'"), HasSubstr("'accc'")));
  EXPECT_THAT(run_error(folder, "acc\n1\n"), HasSubstr("no training tokens"));
  EXPECT_THAT(run_error(folder, head + "1,0.5,4\n2,0.5\n"), HasSubstr("bad.csv:3"));
  EXPECT_THAT(run_error(folder, head + "1,half,4\n"), HasSubstr("bad.csv:2"));
  EXPECT_THAT(run_error(folder, head + "1,nan,4\n"), HasSubstr("bad.csv:2"));
  EXPECT_THAT(run_error(folder, head + "1,,4\n"), HasSubstr("bad.csv:2"));
  EXPECT_THAT(run_error(folder, head + "inf,0.5,4\n"), HasSubstr("bad.csv:2"));
  EXPECT_THAT(run_error(folder, head + "-1,0.5,4\n"),
              AllOf(HasSubstr("bad.csv:2"), HasSubstr("below 0")));
  EXPECT_THAT(run_error(folder, head + "1,0.5,4\n1,0.5,4\n"), HasSubstr("bad.csv:3"));
  EXPECT_THAT(run_error(folder, head + "1,0.5,0\n2,0.5,0\n"), HasSubstr("bad.csv:3"));
  EXPECT_EQ(run_error(folder, head + "1,0.5,4\n2,0.5,4\n"), "");
}

// As they say them, or the total over all of the run's tokens; the configuration comes first.
TEST(ReadLadder, RunsSayTheirFlops) {
  const TempFolder folder;
  folder.write("runs.csv",
               "model,n_tokens,acc,flops_per_token,total_flops\na,10,0.25,5,\na,20,0.5,5,\n"
               "b,40,0.75,,800\nb,80,,,800\n");
  const auto flops = [&](const char* path) {
    return read_run(folder.path() / path, {{"acc"}}).flops_per_token;
  };
  EXPECT_EQ(flops("runs.csv#a"), 5);
  EXPECT_EQ(flops("runs.csv#b"), 10);
  const Ladder ladder =
      read_ladder(config_of(folder, "[\"runs.csv#a\"]", "[\"runs.csv#b\"]"), kAcc);
  EXPECT_EQ(ladder.runs[0].flops_per_token, 5);
  EXPECT_EQ(ladder.runs[1].flops_per_token, 7);
}

// As `rung import` writes them: checkpoints without the evaluation are none of the ladder's.
TEST(ReadLadder, RunsOfOneTable) {
  const TempFolder folder;
  folder.write("runs.csv",
               "model,n_params,n_tokens,acc,step\n190M-1xC,190,10,,1\n190M-1xC,190,20,0.25,2\n"
               "190M-1xC,190,30,0.5,3\n190M-1xC,190,,0.6,4\nbig,900,40,0.75,4\n");
  const Ladder ladder =
      read_ladder(config_of(folder, "[\"runs.csv#190M-1xC\"]", "[\"runs.csv#big\"]"), kAcc);
  ASSERT_EQ(ladder.runs.size(), 2u);
  EXPECT_THAT(ladder.runs[0].n_tokens, ElementsAre(20, 30));
  EXPECT_THAT(ladder.runs[0].metrics.at("acc"), ElementsAre(0.25, 0.5));
  EXPECT_EQ(ladder.runs[0].length, "1xC");
  EXPECT_THAT(ladder.runs[1].n_tokens, ElementsAre(40));
  ASSERT_EQ(ladder.warnings.size(), 1u);
  EXPECT_THAT(ladder.warnings[0],
              HasSubstr(": run '190M-1xC' goes on without n_tokens, and ends before this row"));
  const auto complain = [&](const char* path) -> std::string {
    try {
      read_run(folder.path() / path, {{"acc"}});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(complain("runs.csv#bigg"),
              AllOf(HasSubstr("there is no run 'bigg'"), HasSubstr("did you mean 'big'")));
  folder.write("runs.csv", "model,n_tokens,acc\nbig,40,\n");
  EXPECT_THAT(complain("runs.csv#big"),
              HasSubstr("run 'big' has no checkpoint with acc, n_tokens"));
  folder.write("runs.csv", "run,n_tokens,acc\nbig,40,0.3\n");
  EXPECT_THAT(complain("runs.csv#big"),
              AllOf(HasSubstr("runs.csv:1: error: there is no column 'model'"),
                    HasSubstr("'#RUN' asks for those of one run")));
}

TEST(ReadLadder, RunsCarryTheirModel) {
  const TempFolder folder;
  folder.write("a-1xC.csv", "_step,acc,batch_size_in_tokens\n1,0.5,4\n");
  folder.write("b.csv", "_step,acc,batch_size_in_tokens\n2,0.7,4\n");
  const Config config = config_of(folder, R"(["a-1xC.csv"])", R"(["b.csv"])");
  const Ladder ladder = read_ladder(config, kAcc);
  ASSERT_EQ(ladder.runs.size(), 2u);
  EXPECT_EQ(ladder.runs[0].model, "190M");
  EXPECT_EQ(n_params(ladder.runs[0]), 190e6);
  EXPECT_EQ(ladder.runs[0].flops_per_token, std::nullopt);
  EXPECT_EQ(ladder.runs[1].flops_per_token, 7);  // as the configuration says
  EXPECT_EQ(ladder.runs[1].mode, Mode::eval);
  EXPECT_THAT(ladder.warnings, IsEmpty());
}

TEST(ReadLadder, EachRequestGetsItsOwnColumnsChecked) {
  const TempFolder folder;
  folder.write("a.csv", "_step,acc,bpb,batch_size_in_tokens\n1,0.5,1.5,4\n");
  folder.write("b.csv", "_step,bpb,batch_size_in_tokens\n2,1.2,4\n");
  const Config small = read_config(
      folder.write("small.json", R"({"A": {"paths": ["a.csv"], "mode": "train", "n": 1}})"));
  const Config all = config_of(folder, R"(["a.csv"])", R"(["b.csv"])");
  const std::vector<LadderRequest> good = {{all, {{"bpb"}}}, {small, {{"bpb", "acc"}}}};
  const auto ladders = read_ladders(good);
  ASSERT_EQ(ladders.size(), 2u);
  EXPECT_EQ(ladders[0].runs.size(), 2u);
  EXPECT_THAT(ladders[1].runs[0].metrics.at("acc"), ElementsAre(0.5));
  const std::vector<LadderRequest> bad = {{all, {{"acc"}}}};
  EXPECT_THROW(read_ladders(bad), InputError);
}

TEST(ReadLadder, EveryProblemOfEveryFileIsReported) {
  const TempFolder folder;
  folder.write("a.csv", "_step,acc,batch_size_in_tokens\n-1,0.5,4\n");
  folder.write("b.csv", "_step,acc,batch_size_in_tokens\n2,x,4\n");
  try {
    read_ladder(config_of(folder, R"(["a.csv"])", R"(["b.csv"])"), kAcc);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("a.csv:2"), HasSubstr("b.csv:2")));
  }
}

TEST(ReadLadder, WhatATableLacksIsToldOnceForAllItsRuns) {
  const TempFolder folder;
  folder.write("runs.csv", "model,n_params,n_tokens,step\na,190,10,1\nb,190,20,1\n");
  try {
    read_ladder(config_of(folder, "[\"runs.csv#a\"]", "[\"runs.csv#b\"]"), kAcc);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().size(), 1u) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("there is no column 'acc'"));
  }
}

TEST(ReadLadder, TheSameRunTwiceIsAnErrorARerunAWarning) {
  const TempFolder folder;
  const std::string head = "_step,acc,batch_size_in_tokens\n";
  folder.write("a.csv", head + "1,0.5,4\n");
  folder.write("copy.csv", head + "1,0.50,4.0\n");
  folder.write("rerun.csv", head + "1,0.51,4\n");
  folder.write("b.csv", head + "2,0.7,4\n");
  try {
    read_ladder(config_of(folder, R"(["a.csv", "copy.csv"])", R"(["b.csv"])"), kAcc);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("config.json:1"), HasSubstr("same run")));
  }
  const Ladder reruns =
      read_ladder(config_of(folder, R"(["a.csv", "rerun.csv"])", R"(["b.csv"])"), kAcc);
  EXPECT_EQ(reruns.runs.size(), 3u);
  EXPECT_THAT(reruns.warnings, ElementsAre(HasSubstr("one model and length")));
}

TEST(ReadLadder, ExternalPointsAreJson) {
  const TempFolder folder;
  folder.write("good.json", R"({"acc": 0.75, "other": "text"})");
  folder.write("bad.json", R"({"aac": 0.75})");
  const auto config = [&](const std::string& file) {
    return read_config(folder.write("c.json", R"({"external": {"paths": [")" + file +
                                                  R"("], "mode": "train", "label": "others"}})"));
  };
  const Ladder ladder = read_ladder(config("good.json"), kAcc);
  ASSERT_EQ(ladder.external_points.size(), 1u);
  EXPECT_EQ(ladder.external_points[0].metrics.at("acc").at(0), 0.75);
  EXPECT_EQ(ladder.external_points[0].label, "others");
  try {
    read_ladder(config("bad.json"), kAcc);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("bad.json"), HasSubstr("'acc'"), HasSubstr("'aac'")));
  }
}

}  // namespace
}  // namespace rung::ladder
