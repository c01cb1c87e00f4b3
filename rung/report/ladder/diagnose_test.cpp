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

}  // namespace
}  // namespace rung::ladder
