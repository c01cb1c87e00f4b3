#include "rung/report/ladder/predictions.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

/// A prediction of one target, off by `error`.
TaskReport off_by(double error, bool determined) {
  TaskReport report;
  TargetPrediction& target = report.targets.emplace_back();
  target.target.name = "7B-4T";
  target.actual = 0.5;
  target.predicted = 0.5 * (1 + error);
  target.determined = determined;
  return report;
}

TEST(MeanErrors, AreOverWhatIsDeterminedAndSayOfHowMany) {
  const std::vector<TaskReport> all = {off_by(0.1, true), off_by(-0.2, true)};
  EXPECT_EQ(mean_errors_text(all), "15.00% at 7B-4T");
  const std::vector<TaskReport> some = {off_by(0.1, true), off_by(0.9, false)};
  EXPECT_EQ(mean_errors_text(some), "10.00% at 7B-4T (1 of 2 tasks), where it is determined");
  EXPECT_EQ(mean_errors_text(std::vector{off_by(0.9, false)}), "");
}

}  // namespace
}  // namespace rung::ladder
