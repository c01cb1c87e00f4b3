#include "rung/figure/ladder/diagnose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

namespace rung::ladder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TaskDiagnosis diagnosis(bool has_target) {
  TaskDiagnosis task{.task = {.key = "t", .name = "T"}, .targets = {}, .runs = {}, .notes = {}};
  if (has_target) task.targets = {"7B-4T"};
  for (const double z : {-0.5, 1.25}) {
    RunDiagnosis& run = task.runs.emplace_back();
    run.origin.model = z < 0 ? "a" : "b";
    run.z = z;
    if (has_target) run.influence = {0.01 * z};
  }
  return task;
}

/// How far runs are off the others, of one task in bars and of several as a map.
TEST(DiagnoseFigure, WithoutATargetShowsHowFarRunsAreOff) {
  const Figure one = diagnose_figure({diagnosis(false)});
  ASSERT_EQ(one.panels.size(), 1u);  // no run has a loss
  EXPECT_EQ(one.panels[0].title, "Accuracy");
  const auto& bars = std::get<Bars>(one.panels[0].layers.front());
  EXPECT_EQ(bars.values, (std::vector<double>{-0.5, 1.25}));
  EXPECT_THAT(one.title, Not(HasSubstr("moves")));
  EXPECT_THAT(one.subtitle, HasSubstr("No model is predicted"));
  const Figure two = diagnose_figure({diagnosis(false), diagnosis(false)});
  ASSERT_EQ(two.panels.size(), 1u);
  EXPECT_EQ(std::get<Heatmap>(two.panels[0].layers.front()).values[1][0], 1.25);
}

TEST(DiagnoseFigure, WithATargetShowsWhatLeavingARunOutDoes) {
  const Figure figure = diagnose_figure({diagnosis(true)});
  ASSERT_EQ(figure.panels.size(), 1u);
  EXPECT_EQ(figure.panels[0].title, "7B-4T");
  EXPECT_THAT(figure.title, HasSubstr("Leaving out b moves T at 7B-4T"));
  EXPECT_THAT(figure.subtitle, Not(HasSubstr("No model")));
}

}  // namespace
}  // namespace rung::ladder
