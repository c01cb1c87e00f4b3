/// What a file of tasks says of those of logged runs, and what is said of it.

#include <gmock/gmock.h>

#include "tests/cli/logged_ladder.hpp"

namespace rung::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class LoggedTasksTest : public LoggedLadderTest {};

TEST_F(LoggedTasksTest, TasksOfWhichAFileSaysNothingAreNamed) {
  write_runs(5);
  const std::string tasks = (folder_.path() / "tasks.toml").string();
  write_file(tasks, "[tasks.other]\nrc_acc = \"other\"\n");
  EXPECT_THAT(ladder("predict", "right", {"--tasks", tasks}).err,
              HasSubstr("would name [tasks.right]"));
  const std::vector<std::string> configured = {
      "ladder", "step1", "-k", "piqa_val_5shot", "-c", "published:olmo-ladder/configs/final.json"};
  EXPECT_THAT(run_rung(configured).err, Not(HasSubstr("would name")));
  std::vector<std::string> with_tasks = configured;
  with_tasks.insert(with_tasks.end(), {"--tasks", tasks});
  EXPECT_THAT(run_rung(with_tasks).err, HasSubstr("would name [tasks.piqa_val_5shot]"));
  write_file(tasks, "[tasks.right]\nchance = 0.25\n");
  EXPECT_THAT(ladder("predict", "right", {"--tasks", tasks}).err, Not(HasSubstr("would name")));
  write_file(tasks, "[tasks.right]\nchance = 0.25\n[tasks.another]\nchance = 0.5\n");
  EXPECT_THAT(
      ladder("predict", "right", {"--tasks", tasks}).err,
      AllOf(HasSubstr("has tasks that these runs don't: another"), Not(HasSubstr("would name"))));
}

TEST_F(LoggedTasksTest, LossesOfATasksFileAreSaidNotToBeTaken) {
  write_runs(5);
  const std::string tasks = (folder_.path() / "tasks.toml").string();
  write_file(tasks, "[tasks.right]\nrc_bpb = \"no_such_column\"\n");
  EXPECT_THAT(ladder("predict", "right", {"--tasks", tasks}).err,
              HasSubstr("names for right are not taken"));
  write_file(tasks, "[tasks.right]\nchance = 0.25\n");
  EXPECT_THAT(ladder("predict", "right", {"--tasks", tasks}).err, Not(HasSubstr("not taken")));
}

/// Accuracies of 1200 questions.
TEST_F(LoggedTasksTest, ANumberOfQuestionsIsToldOrDoubtedByWhatAFileSays) {
  std::string csv = "model,n_params,n_tokens,val,right\n";
  for (int i = 0; i < 48; ++i)
    csv += fmt::format("{}M,{}e6,{}e9,{:.4f},{:.6f}\n", 100 + i, 100 + i, 2 + i, 3 - 0.01 * i,
                       (401 + 7 * i) / 1200.0);
  write_file(runs_, csv);
  const std::string tasks = (folder_.path() / "tasks.toml").string();
  const auto told = [&](const std::string& n_examples) {
    write_file(tasks, "[tasks.right]\nchance = 0.25\n" + n_examples);
    return ladder("step1", "right", {"--tasks", tasks}).err;
  };
  EXPECT_THAT(told(""), HasSubstr("by the scores' steps right has 1200 questions"));
  EXPECT_THAT(told("n_examples = 1200\n"), Not(HasSubstr("questions")));
  EXPECT_THAT(told("n_examples = 300\n"),
              AllOf(HasSubstr("warning: the file of --tasks says that right has 300 questions"),
                    HasSubstr("by their steps there are 1200"), Not(HasSubstr("say otherwise"))));
}

TEST_F(LoggedTasksTest, TasksOfLoggedRunsAreListed) {
  const std::string tasks = (folder_.path() / "tasks.toml").string();
  write_file(tasks, "[tasks.\"task_a/acc\"]\nname = \"A\"\nn_examples = 300\nn_choices = 4\n");
  const Ran ran = run_rung({"ladder", "tasks", "--tasks", tasks});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(ContainsRegex("A +task_a/acc +0.25 +300\n"),
                             HasSubstr("Column of RUNS, which --accuracy names: task_a/acc")));
  EXPECT_THAT(run_rung({"ladder", "tasks"}).out, Not(HasSubstr("of RUNS")));
}

TEST_F(LoggedTasksTest, AChanceBesideAnotherIsToldOnce) {
  write_runs(5);
  const Ran ran = ladder("predict", "third", {"--method", "combined", "-n", "7B", "-d", "4T"});
  EXPECT_THAT(ran.out, HasSubstr("nobody says how often a guess is right"));
  EXPECT_THAT(ran.err, Not(HasSubstr("a guess is right with a chance")));
}

TEST_F(LoggedTasksTest, AChanceThatNobodySaysIsWrittenAsNoFact) {
  write_runs(5);
  const std::string stem = (folder_.path() / "own").string();
  const Ran written = ladder("configuration", "right", {"-o", stem + ".json"});
  ASSERT_EQ(written.status, 0) << written.err;
  EXPECT_THAT(written.err, HasSubstr("a guess is right with a chance of 25%"));
  EXPECT_THAT(read_file(stem + ".toml"),
              AllOf(HasSubstr("# Nobody says how often a guess is right; 0.25 is assumed"),
                    Not(HasSubstr("\nchance"))));
  const std::vector<std::string> more = {"--method", "combined", "-n", "7B", "-d", "4T"};
  std::vector<std::string> words = {"ladder",  "predict",      "-c", stem + ".json",
                                    "--tasks", stem + ".toml", "-k", "right"};
  words.insert(words.end(), more.begin(), more.end());
  const Ran by_config = run_rung(words), by_runs = ladder("predict", "right", more);
  EXPECT_THAT(by_config.err, HasSubstr("a guess is right with a chance of 25%, as nobody says"));
  EXPECT_EQ(by_config.out, by_runs.out);
}

}  // namespace
}  // namespace rung::cli
