#include "rung/report/ladder/combined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

TEST(CombinedReport, NamesTheWaysThatAreLeftOut) {
  CombinedResult result;
  CombinedTask& task = result.tasks.emplace_back();
  task.members.assign(all_members().begin(), all_members().begin() + 3);
  task.member_backtest_errors.resize(3);
  CombinedTarget& target = task.targets.emplace_back();
  target.prediction.target.name = "7B-4T";
  target.members = {0.43, 0.43, 0.99};
  EXPECT_THAT(text_of(describe(result)), testing::Not(testing::HasSubstr("(off)")));
  target.left_out = {false, false, true};
  EXPECT_THAT(text_of(describe(result)),
              testing::AllOf(testing::HasSubstr("99.0% (off)"),
                             testing::HasSubstr("(off): stands off the other ways")));
  EXPECT_EQ(json_combined(result)[0]["targets"][0]["left_out"],
            Json::array({all_members()[2].name}));
}

TEST(CombinedReport, SignsTheTargetThatIsMeant) {
  CombinedResult result;
  CombinedTask& task = result.tasks.emplace_back();
  task.task.name = "PIQA";
  for (const char* name : {"7B-4T", "13B-5T"}) {
    CombinedTarget& target = task.targets.emplace_back();
    target.prediction.target.name = name;
    target.prediction.predicted = 0.5;
  }
  const auto text = [&] { return combined_table(result).text(); };
  task.targets[1].trust = Trust::rough;
  EXPECT_THAT(text(),
              testing::AllOf(testing::HasSubstr("PIQA  "), testing::HasSubstr("50.0% (?)")));
  task.targets[0].trust = Trust::rough;
  EXPECT_THAT(text(), testing::AllOf(testing::HasSubstr("PIQA (?)"),
                                     testing::Not(testing::HasSubstr("50.0% (?)"))));
}

}  // namespace
}  // namespace rung::ladder
