#include "rung/figure/runs/runs.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace rung::runs
