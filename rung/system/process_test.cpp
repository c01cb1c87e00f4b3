#include "rung/system/process.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// A shell that runs `script`, its output appended to `output`.
Process shell(const std::string& script, std::string& output) {
  auto process =
      Process::start({.program = "sh",
                      .arguments = {"-c", script},
                      .on_output = [&output](std::string_view chunk) { output += chunk; }});
  if (!process) throw std::runtime_error("there is no sh");
  return std::move(*process);
}

/// Waits until the shell has said so much.
void wait_until_says(Process& process, const std::string& output, const std::string& word) {
  while (output.find(word) == std::string::npos && !process.wait_for(milliseconds(10))) {
  }
  ASSERT_THAT(output, HasSubstr(word));
}

bool is_alive(int id) { return kill(id, 0) == 0; }

/// What was killed may take a moment to be gone.
bool ends_soon(int id) {
  for (int i = 0; i < 500 && is_alive(id); ++i) std::this_thread::sleep_for(milliseconds(10));
  return !is_alive(id);
}

TEST(Process, FeedsInputAndCapturesBothOutputs) {
  const auto result = run_process("sh", {"-c", "cat; echo oops >&2; exit 3"}, "line\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "line\n");
  EXPECT_EQ(result->errors, "oops\n");
  EXPECT_EQ(result->exit_status, 3);
}

TEST(Process, CarriesMoreThanAPipeHoldsInBothDirections) {
  const std::string input(3'000'001, 'x');
  const auto result = run_process("cat", {}, input);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->output == input);
}

TEST(Process, SurvivesAProgramThatDoesNotReadItsInput) {
  const auto result = run_process("true", {}, std::string(1'000'000, 'x'));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_status, 0);
}

TEST(Process, NoShellTouchesTheArguments) {
  const auto result = run_process("printf", {"%s|", "$HOME", "a b", "`id`", "*", ""});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "$HOME|a b|`id`|*||");
}

TEST(Process, TellsAnAbsentProgramFromAFailingOne) {
  EXPECT_FALSE(run_process("rung-no-such-program", {}));
  EXPECT_FALSE(run_process("/no/such/folder/program", {}));
  EXPECT_FALSE(run_process("/etc/passwd", {}));
  EXPECT_EQ(run_process("false", {})->exit_status, 1);
}

TEST(Process, ReportsASignal) {
  EXPECT_EQ(run_process("sh", {"-c", "kill -TERM $$"})->exit_status, 128 + 15);
}

TEST(Process, OutputComesBeforeTheEnd) {
  std::string output;
  Process process = shell("echo first; sleep 60", output);
  wait_until_says(process, output, "first\n");
  EXPECT_EQ(process.wait_for(milliseconds(0)), std::nullopt);
  EXPECT_EQ(process.stop(), 128 + SIGTERM);
  EXPECT_EQ(process.wait(), 128 + SIGTERM);  // and ever after
}

TEST(Process, StopReachesWhatItStarted) {
  std::string output;
  Process process = shell("sleep 60 & echo $!.; wait", output);
  wait_until_says(process, output, ".");
  const int child = static_cast<int>(*parse_double(output.substr(0, output.find('.'))));
  EXPECT_TRUE(is_alive(child));
  process.stop();
  EXPECT_TRUE(ends_soon(child));
}

TEST(Process, StopEndsWhatWillNotListenAndPassesOnItsLastWords) {
  std::string output;
  Process polite = shell("trap 'echo bye; exit 7' TERM; echo ready; sleep 60 & wait", output);
  wait_until_says(polite, output, "ready");
  EXPECT_EQ(polite.stop(), 7);
  EXPECT_EQ(output, "ready\nbye\n");
  output.clear();
  Process deaf = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done", output);
  wait_until_says(deaf, output, "ready");
  EXPECT_EQ(deaf.stop(milliseconds(100)), 128 + SIGKILL);
}

TEST(Process, DoesNotOutliveItsObject) {
  int id = 0;
  {
    std::string output;
    const Process process = shell("exec sleep 60", output);
    id = process.id();
    EXPECT_TRUE(is_alive(id));
  }
  EXPECT_FALSE(is_alive(id));
}

TEST(Process, OneThatLeavesItsOutputToOthersIsNotWaitedFor) {
  const auto begin = std::chrono::steady_clock::now();
  const auto result = run_process("sh", {"-c", "sleep 20 & echo done"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
  EXPECT_EQ(result->output, "done\n");
}

TEST(Process, CancellationStopsIt) {
  Cancellation cancellation;
  const Watch watch{&cancellation, nullptr};
  const Watched watched(watch);
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(50));
    cancellation.request();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(run_process("sleep", {"60"}), Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
  other.join();
}

TEST(Process, SignalsThatWeIgnoreAreItsOwnAgain) {
  const auto before = signal(SIGPIPE, SIG_IGN);
  const auto result = run_process("sh", {"-c", "kill -PIPE $$; echo alive"});
  signal(SIGPIPE, before);
  EXPECT_EQ(result->exit_status, 128 + SIGPIPE);
  EXPECT_EQ(result->output, "");
}

TEST(Lines, AreMadeOfChunks) {
  std::vector<std::string> lines;
  {
    Lines make([&lines](std::string_view line) { lines.emplace_back(line); });
    for (const char* chunk : {"a", "b\nc", "", "\n\nd\ne", "f"}) make(chunk);
    EXPECT_THAT(lines, ElementsAre("ab", "c", "", "d"));
  }
  EXPECT_THAT(lines, ElementsAre("ab", "c", "", "d", "ef"));
}

}  // namespace
}  // namespace rung
