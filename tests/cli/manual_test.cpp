#include "rung/app/manual.hpp"

#include <sstream>

#include "rung/cli/command_line.hpp"
#include "rung/core/utf8.hpp"
#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

using app::Command;
using app::CommandGroup;
using ::testing::HasSubstr;
using ::testing::StartsWith;

template <class Visit>
void each_command(Visit visit) {
  for (const CommandGroup& group : app::command_groups()) {
    for (const Command& command : group.commands) {
      SCOPED_TRACE(command.name);
      visit(command);
    }
  }
}

/// One of words as they were written may be longer than the line.
void expect_80_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const bool one_word = line.find(' ', begin) == std::string::npos;
    if (!one_word) {
      EXPECT_LE(display_width(line), 80u) << line;
    }
  }
}

TEST(Manual, HelpFits80ColumnsAndEndsWithTheOptionsOfEveryCommand) {
  expect_80_columns(run_rung({"--help"}).out);
  each_command([](const Command& command) {
    std::vector<std::string> words = words_of_line(command.name);
    words.emplace_back("--help");
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0);
    expect_80_columns(ran.out);
    EXPECT_THAT(ran.out, HasSubstr("\nOptions of every command:\n"));
  });
}

/// And it is one that the command takes.
TEST(Manual, EveryCommandHasAnExample) {
  each_command([](const Command& command) {
    std::string example = command.example;
    ASSERT_THAT(example + " ", StartsWith("rung " + command.name + " "));
    example = example.substr(0, example.find(" > "));
    std::vector<std::string> words = words_of_line(example);
    words.erase(words.begin(), words.begin() + 1 + std::ranges::count(command.name, ' ') + 1);
    std::ostringstream out, err;
    app::CommandRun run(command, out, err);
    EXPECT_TRUE(set_from_words(run, words)) << example;
  });
}

TEST(Manual, PagesAreRoff) {
  EXPECT_THAT(run_rung({"manual"}).out, StartsWith(".TH \"rung\" 1"));
  each_command([](const Command& command) {
    std::vector<std::string> words = words_of_line("manual " + command.name);
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(".SH SYNOPSIS\n.B rung " + command.name.substr(0, 3)));
    EXPECT_THAT(ran.out, HasSubstr("\\-\\-json"));
  });
  EXPECT_EQ(run_rung({"manual", "fut"}).status, 2);
}

TEST(Manual, CompletionKnowsCommandsOptionsAndChoices) {
  const TempFolder folder;
  const std::string script = folder.write("rung.bash", run_rung({"completion", "bash"}).out);
  const auto completed = [&](const std::string& words, int at) {
    return run_shell("source '" + script + "'; COMP_WORDS=(" + words +
                     "); COMP_CWORD=" + std::to_string(at) + "; _rung; echo \"${COMPREPLY[*]}\"")
        .out;
  };
  EXPECT_EQ(completed("rung overt", 1), "overtraining\n");
  EXPECT_EQ(completed("rung ladder pre", 2), "predict predict-flops\n");
  EXPECT_EQ(completed("rung fit --save", 2), "--save-fit\n");
  EXPECT_EQ(completed("rung fit --figure cont", 3), "contours\n");
  EXPECT_THAT(run_rung({"completion", "zsh"}).out, StartsWith("#compdef rung\n"));
  EXPECT_EQ(run_rung({"completion", "fish"}).status, 2);
}

TEST(Manual, VersionAndTasks) {
  EXPECT_EQ(run_rung({"version"}).out, "rung " RUNG_VERSION "\n");
  const Ran tasks = run_rung({"ladder", "tasks"});
  EXPECT_EQ(tasks.status, 0);
  EXPECT_THAT(tasks.out, HasSubstr("v2_main:\n"));
  expect_80_columns(tasks.out);
}

}  // namespace
}  // namespace rung::cli
