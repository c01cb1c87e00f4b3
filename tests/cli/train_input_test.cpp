/// What is wrong with the inputs and options of training, and what it says when it is ended.

#include "tests/cli/train_command.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

TEST_F(TrainCommandTest, InputsAreCheckedBeforeAnythingIsTrainedOrWritten) {
  tokenize();
  write_file(folder_.path() / "plan.toml",
             "data = 'data/data.toml'\nmodels = ['small']\nlengths = ['1xC']\nfolder = 'runs'\n");
  const std::string small = " --models small.toml ";
  for (const char* spoilt : {"rm data/validation.bin", "rm data/sleeps.jsonl",
                             "echo '{}' >>data/sleeps.jsonl", "cp text.txt data/train.bin"}) {
    for (const std::string& command :
         {"train --model small --data data" + small, "ladder train plan.toml" + small,
          "launch local plan.toml" + small, "launch slurm plan.toml --dry-run" + small}) {
      const Ran ran = shell("rm -rf good && cp -r data good && " + std::string(spoilt) +
                            "; $RUNG " + command + "; s=$?; rm -rf data; mv good data; exit $s");
      EXPECT_EQ(ran.status, 2) << spoilt << ": " << command << ran.err;
      EXPECT_THAT(ran.err, HasSubstr("named in")) << spoilt << ": " << command;
    }
  }
  EXPECT_FALSE(path_exists(folder_.path() / "small-1xC"));
  EXPECT_FALSE(path_exists(folder_.path() / "runs"));
}

TEST_F(TrainCommandTest, WhatIsWrongIsNamedAndLeavesNothing) {
  tokenize();
  write_file(folder_.path() / "plan.toml",
             "data = 'data/data.toml'\nmodels = ['small']\nlengths = ['1xC']\nfolder = 'runs'\n");
  const std::string small = "--models small.toml --model small --data data ";
  const struct {
    std::string command;
    const char* says;
  } cases[] = {
      {"train " + small + "--batch_size 2.5", "'2.5' is not a whole number"},
      {"train " + small + "--batch_size 10 --batch_size_divisor 4", "no multiple"},
      {"train " + small + "--warmup 1e12", "tokens are more than the run's"},
      {"train " + small + "--save_interval 2.5", "--save_interval: '2.5'"},
      {"train " + small + "--data_seed 0.5", "--data_seed: '0.5'"},
      {"train " + small + "--write_location text.txt --dry-run", "is not a folder"},
      {"train " + small + "--read_location nosuch --dry-run", "--read_location"},
      {"train " + small + "--load_path data", "--load_path: there is no file 'data'"},
      {"train " + small + "--load_path text.txt --dry-run", "text.txt"},
      {"train --model smal --models small.toml --data data", "did you mean 'small'"},
      {"model nodecounts --batch_size 2.5", "'2.5' is not a whole number"},
      {"launch slurm plan.toml --models small.toml --time 2x --dry-run", "--time: '2x'"},
      {"generate --checkpoint nosuch --input-text a", "--checkpoint: there is no 'nosuch'"},
      {"generate --checkpoint data --input-text a", "folder without checkpoints"},
      {"generate --checkpoint text.txt --model nosuch --input-text a", "no model 'nosuch'"},
      {"generate --checkpoint text.txt --input-text ''", "--input-text needs a value"},
  };
  const std::string before = shell("ls -AR").out;
  for (const auto& each : cases) {
    const Ran ran = shell("$RUNG " + each.command);
    EXPECT_EQ(ran.status, 2) << each.command;
    EXPECT_THAT(ran.err, HasSubstr(each.says)) << each.command;
  }
  EXPECT_EQ(shell("ls -AR").out, before);
  const Ran dry = shell("$RUNG train " + small + "--dry-run");
  EXPECT_THAT(dry.out, HasSubstr("300, the data's"));
}

/// By a program in place of rung-train that waits, so that nothing hangs on the moment.
TEST_F(TrainCommandTest, StoppedOrKilledItSaysSo) {
  tokenize();
  ASSERT_EQ(shell("mkdir here && cp $RUNG here/rung").status, 0);
  const auto trains_by = [&](const std::string& script) {
    write_file(folder_.path() / "here/rung-train", "#!/bin/sh\n[ $# = 0 ] && exit 2\n" + script);
    return shell("chmod +x here/rung-train").status;
  };
  const std::string train =
      "here/rung train --models small.toml --model small --data data --name run ";
  ASSERT_EQ(trains_by("touch begun\nexec sleep 600\n"), 0);
  const Ran stopped = shell("(" + train +
                            "& pid=$!; while [ ! -e begun ]; do sleep 0.05; done; kill -TERM $pid; "
                            "wait $pid)");
  EXPECT_EQ(stopped.status, 130);
  EXPECT_THAT(stopped.err, HasSubstr("no step was taken: ./run is as it was"));
  EXPECT_FALSE(path_exists(folder_.path() / "run"));
  ASSERT_EQ(trains_by("touch run/steps.csv\nkill -KILL $$\n"), 0);
  const Ran killed = shell(train);
  EXPECT_EQ(killed.status, 1);
  EXPECT_THAT(killed.err, HasSubstr("rung-train was ended by signal 9"));
  const Ran other = shell(train + "--lr 0.01 --tensorboard");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("tensorboard is not set there, true here"));
  EXPECT_THAT(other.err, HasSubstr("[recipe] learning_rate is not set there, 0.01 here"));
  for (const int status : {1, 2}) {  // told once, and passed on
    ASSERT_EQ(trains_by("echo what is wrong >&2\nexit " + std::to_string(status) + "\n"), 0);
    const Ran failed = shell(train);
    EXPECT_EQ(failed.status, status);
    EXPECT_EQ(failed.err, "what is wrong\n");
  }
}

}  // namespace
}  // namespace rung::cli
