#include "rung/figure/ladder/combined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One task without a backtest, by these ways.
CombinedResult without_backtest(const std::vector<std::optional<double>>& ways,
                                std::optional<double> predicted) {
  CombinedResult result;
  CombinedTask& task = result.tasks.emplace_back();
  task.task.name = "PIQA";
  task.members.resize(ways.size());
  task.member_backtest_errors.resize(ways.size());
  CombinedTarget& target = task.targets.emplace_back();
  target.prediction.target.name = "7B-4T";
  target.prediction.predicted = predicted;
  target.members = ways;
  target.left_out.resize(ways.size());
  if (predicted) target.trust = Trust::doubtful;
  return result;
}

std::vector<std::string> labels_of(const Figure& figure) {
  std::vector<std::string> labels;
  for (const Layer& layer : figure.panels.front().layers) {
    if (const Scatter* points = std::get_if<Scatter>(&layer)) labels.push_back(points->label);
  }
  return labels;
}

TEST(CombinedFigure, WithoutABacktestSaysSoAndHasNoInterval) {
  const Figure figure = combined_figure(without_backtest({std::nullopt, 0.4, std::nullopt}, 0.4));
  EXPECT_EQ(figure.title, "PIQA accuracy by 1 way: 40.0% at 7B-4T");
  EXPECT_EQ(figure.subtitle, "Too few runs for a backtest; (!): not to be trusted");
  const Panel& panel = figure.panels.front();
  EXPECT_EQ(panel.title, "7B-4T");
  EXPECT_LT(*panel.x.lower, 0.4);
  EXPECT_GT(*panel.x.upper, 0.4);
  EXPECT_THAT(labels_of(figure), ElementsAre("each way of predicting", "put together"));
}

TEST(CombinedFigure, WaysThatStandOffAreShownAndNotCounted) {
  CombinedResult result = without_backtest({0.43, 0.43, 0.99}, 0.43);
  result.tasks.front().targets.front().left_out = {false, false, true};
  result.tasks.front().targets.front().prediction.interval = Interval{0.9, 0.4, 0.5, ""};
  const Figure figure = combined_figure(result);
  EXPECT_THAT(figure.title, HasSubstr("by 2 ways put together"));
  EXPECT_THAT(labels_of(figure),
              ElementsAre("each way of predicting", "left out: stands off the other ways",
                          "put together, 90% interval"));
  result.tasks.push_back(result.tasks.front());
  EXPECT_THAT(labels_of(combined_figure(result)), testing::SizeIs(3));
  result.tasks.back().targets.front().left_out = {};
  EXPECT_THAT(combined_figure(result).title, HasSubstr("by 2 to 3 ways put together"));
}

TEST(CombinedFigure, OfNothingPredictedSaysWhy) {
  CombinedResult result = without_backtest({std::nullopt}, std::nullopt);
  result.why_nothing = "3 runs are too few";
  const Figure figure = combined_figure(result);
  EXPECT_EQ(figure.title, "PIQA accuracy: nothing is predicted");
  EXPECT_EQ(figure.subtitle, "3 runs are too few");
  EXPECT_THAT(labels_of(figure), testing::IsEmpty());
}

}  // namespace
}  // namespace rung::ladder
