#include "rung/report/ladder/diagnose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

using testing::HasSubstr;

TEST(DescribeDiagnosis, SaysOnceWhatZOfAnAccuracyIsOf) {
  TaskDiagnosis diagnosis;
  diagnosis.runs.emplace_back().loss = 2.5;
  const std::string text = text_of(describe(std::vector{diagnosis, diagnosis}));
  const std::size_t place = text.find("note: others: predicted from size and tokens");
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(text.find("note: others", place + 1), std::string::npos);
  EXPECT_THAT(text, HasSubstr("own loss"));
  diagnosis.runs.front().loss.reset();
  EXPECT_THAT(text_of(describe(std::vector{diagnosis})), HasSubstr("law of log accuracy"));
}

TEST(DescribeDiagnosis, RowsOfAllTasksAreOneTable) {
  TaskDiagnosis one, other;
  one.task.key = "one";
  one.targets = {"7B-4T"};
  RunDiagnosis& run = one.runs.emplace_back();
  run.origin.model = "1B";
  run.influence = {0.25};
  other.task.key = "other";
  other.runs.emplace_back().origin.model = "2B";
  const std::string csv = csv_of(describe(std::vector{one, other}));
  EXPECT_THAT(csv, testing::StartsWith("task,run,actual,"));
  EXPECT_THAT(csv, HasSubstr(",influence_7B-4T"));
  EXPECT_THAT(csv, HasSubstr("\none,1B,"));
  EXPECT_THAT(csv, HasSubstr("\nother,2B,"));
}

}  // namespace
}  // namespace rung::ladder
