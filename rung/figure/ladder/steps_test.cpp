#include "rung/figure/ladder/steps.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace rung::ladder {
namespace {

/// Of two runs whose FLOPs are known, which score alike, and a target that is only asked for.
Step1Result step1_of(const std::string& task, const Interval& interval) {
  Step1Result result{.task = {.key = task, .name = task}, .metric = Metric::rc_acc};
  result.task.columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{task}};
  for (const double n : {6e7, 1e8}) {
    result.points.push_back({.origin = {.model = "run"},
                             .n_params = n,
                             .n_tokens = 1e9,
                             .compute_flops = 1e18,
                             .y = 0.3});
  }
  result.fitted.fit.status = Status::failed;  // no curve
  TargetPrediction& target = result.targets.emplace_back();
  target.target = {.name = "32B-6T", .n_params = 3.2e10, .n_tokens = 6e12};
  target.predicted = 0.35;
  target.interval = interval;
  return result;
}

TEST(StepFigures, SayOnceWhyTheyAreInTokensAndWhatArrowsAre) {
  const auto subtitle = [](const Interval& interval) {
    const std::vector<Step1Result> results = {step1_of("PIQA", interval),
                                              step1_of("COPA", interval)};
    return step1_figure(std::span(results)).subtitle;
  };
  const std::string why = "Training is in tokens: the FLOPs of 32B-6T are not known";
  EXPECT_EQ(subtitle({0.9, 0.33, 0.37, ""}), why);
  EXPECT_EQ(subtitle({0.9, 0.33, 0.95, ""}), why + "; Arrow: the interval goes on");
}

}  // namespace
}  // namespace rung::ladder
