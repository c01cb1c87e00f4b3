#include "rung/system/process.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

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

}  // namespace
}  // namespace rung
