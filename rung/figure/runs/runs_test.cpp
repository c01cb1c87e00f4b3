#include "rung/figure/runs/runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rung::runs {
namespace {

TEST(RunsFigure, BeginsWhereTheFirstCurveIsSeen) {
  RunSummary run;
  run.model = "a";
  // The first of fifty rows and more is left out of what the vertical axis is made for.
  for (int i = 1; i <= 100; ++i) {
    run.curve.x.push_back(1e7 * i);
    run.curve.y.push_back(i <= 2 ? 9 : 3 + 1.0 / i);
  }
  run.smooth_y = run.curve.y;
  const Figure figure = runs_figure({.metric = "loss", .runs = {run}});
  EXPECT_EQ(figure.panels.front().x.lower, 3e7);
  EXPECT_LT(*figure.panels.front().y.upper, 4);
  EXPECT_EQ(figure.panels.front().y.label, "loss (after the first 2% of a run)");
}

/// Falls, and diverges at the end.
RunSummary diverging(const std::string& name) {
  RunSummary run{.model = name, .state = State::diverged};
  for (int i = 1; i <= 100; ++i) {
    run.curve.x.push_back(1e7 * i);
    run.curve.y.push_back(3 + 1.0 / i);
  }
  run.smooth_y = run.curve.y;
  run.spikes = {{.first = 10, .last = 10}};
  run.divergence = 80;
  return run;
}

TEST(RunsFigure, TroubleHasNoRunsColour) {
  Result result{.metric = "loss"};
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) result.runs.push_back(diverging(name));
  const Figure figure = runs_figure(result);
  std::vector<Colour> runs, trouble;
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* curve = std::get_if<rung::Curve>(&layer)) runs.push_back(curve->colour);
    if (const auto* marks = std::get_if<Scatter>(&layer)) trouble.push_back(marks->colour);
  }
  EXPECT_EQ(runs.size(), 6u);
  ASSERT_EQ(trouble.size(), 2u);
  for (const Colour& colour : trouble) EXPECT_EQ(std::ranges::count(runs, colour), 0);
}

TEST(RunsFigure, MarksTheRunThatFallsOffTheLadder) {
  Result result{.metric = "loss", .runs = {diverging("a"), diverging("b")}};
  for (RunSummary& run : result.runs) {
    run.spikes.clear();
    run.divergence.reset();
    run.state = State::finished;
    run.final_value = 3.01;
    run.expected = Expected{.loss = 2.9};
  }
  result.runs[1].expected->falls_off = true;
  const Figure figure = runs_figure(result);
  EXPECT_EQ(figure.title, "2 runs, 1 off the others' law");
  const auto* marks = std::get_if<Scatter>(&figure.panels[0].layers.back());
  ASSERT_TRUE(marks);
  EXPECT_EQ(marks->label, "off the other runs' law");
  EXPECT_EQ(marks->x, std::vector{1e9});
  EXPECT_EQ(marks->y, std::vector{3.01});
}

TEST(RunsFigure, SaysWhatIsAsLoggedBesideSmoothedCurves) {
  Result result{.metric = "loss", .runs = {diverging("a"), diverging("b")}};
  for (RunSummary& run : result.runs) run.smooth_y.assign(run.curve.y.size(), 3.1);
  const Figure figure = runs_figure(result);
  std::vector<std::string> labels;
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* curve = std::get_if<rung::Curve>(&layer)) labels.push_back(curve->label);
  }
  // Under the smoothed curves, and once in the legend.
  EXPECT_EQ(labels, (std::vector<std::string>{"as logged", "", "a", "b"}));
  const rung::Curve& logged = std::get<rung::Curve>(figure.panels[0].layers[0]);
  EXPECT_LT(logged.colour.luminance(), kFaint.luminance() / 1.5);
}

TEST(RunsFigure, LegendHasDifferencesFromTheRunComparedWith) {
  Result result{.metric = "loss", .runs = {diverging("a"), diverging("b")}, .against = "b"};
  result.runs[0].difference = Difference{.value = -0.01234,
                                         .from = 9e8,
                                         .to = 1e9,
                                         .interval = Interval{0.95, -0.02234, -0.00234, ""},
                                         .doubt = DifferenceDoubt::none};
  const Figure figure = runs_figure(result);
  std::vector<std::string> labels;
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* curve = std::get_if<rung::Curve>(&layer)) labels.push_back(curve->label);
  }
  EXPECT_EQ(labels, (std::vector<std::string>{"a: −0.012 ± 0.010", "b (compared with)"}));
  EXPECT_EQ(figure.subtitle, "differences of means over the last tenth of both, ±: 95% interval");
  result.runs[0].difference->doubt = DifferenceDoubt::within_noise;
  EXPECT_EQ(runs_figure(result).subtitle, figure.subtitle + ", (?): it may be noise");
}

}  // namespace
}  // namespace rung::runs
