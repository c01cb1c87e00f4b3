#include "rung/study/ladder/chained.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

TargetPrediction prediction(const std::string& name, double value) {
  TargetPrediction target;
  target.target.name = name;
  target.predicted = value;
  return target;
}

TEST(WithPredictedTargets, AddsWhatWasNotMeasuredAtItsPredictedLoss) {
  ChainResult chain;
  chain.step1.targets = {prediction("7B", 0.7), prediction("70B", 0.5)};
  chain.step2.targets = {prediction("7B", 0.6)};
  chain.step2.points.resize(1);
  chain.step2.points.front().origin.mode = Mode::eval;
  chain.targets = {prediction("7B", 0.62), prediction("70B", 0.8)};
  const Step2Result shown = with_predicted_targets(chain);
  ASSERT_EQ(shown.targets.size(), 2u);
  EXPECT_EQ(shown.targets[0].predicted, 0.6);
  EXPECT_EQ(shown.targets[1].predicted, 0.8);
  ASSERT_EQ(shown.points.size(), 2u);
  EXPECT_EQ(shown.points[1].origin.mode, Mode::eval);
  EXPECT_EQ(shown.points[1].x, 0.5);
}

}  // namespace
}  // namespace rung::ladder
