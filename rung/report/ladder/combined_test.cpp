#include "rung/report/ladder/combined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {
namespace {

std::string text_where_expected(double error, double backtest_error) {
  CombinedResult result{.backtest_error = backtest_error};
  CombinedTarget& target = result.tasks.emplace_back().targets.emplace_back();
  target.prediction.target.name = "7B-4T";
  target.expected_error = error;
  return text_of(describe(result));
}

TEST(CombinedReport, DoesNotCallLessWhatIsWrittenAlike) {
  const auto says_less = testing::HasSubstr("That is less than the backtest's");
  EXPECT_THAT(text_where_expected(0.006, 0.0094), says_less);
  EXPECT_THAT(text_where_expected(0.0088, 0.0094), testing::Not(says_less));
}

}  // namespace
}  // namespace rung::ladder
