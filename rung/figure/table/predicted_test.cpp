#include "rung/figure/table/predicted.hpp"

#include <gtest/gtest.h>

#include "rung/core/numbers.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/scene.hpp"

namespace rung {
namespace {

TEST(AddIntervals, FiniteEndsLieInsideTheAxis) {
  const auto panel_of = [](double lower, double upper) {
    table::PredictedRow row;
    row.prediction.predicted = 0.79;
    row.prediction.interval = Interval{0.95, lower, upper, "delta"};
    Panel panel;
    panel.layers = {Curve{.x = {1, 2}, .y = {0.76, 0.79}}};
    add_mark(2, row, kBlue, "", panel);
    add_intervals({row}, panel);
    return panel;
  };
  const Panel wide = panel_of(0.761, 0.824);
  EXPECT_FALSE(wide.y.lower);  // it lies inside as it is
  EXPECT_GT(wide.y.upper.value_or(0), 0.824);
  const Panel open = panel_of(0.7, kInfinity);
  EXPECT_LT(open.y.lower.value_or(1), 0.7);
  EXPECT_FALSE(panel_of(0, 1e6).y.upper);  // it would press the curve flat
}

/// A range that equally good fits leave has its words beside it and lies inside the axis, unless it
/// is so wide that it would press the points flat.
TEST(AddIntervals, WhatIsNotDeterminedIsShownWithItsWords) {
  const auto panel_of = [](double other) {
    table::PredictedRow row;
    row.prediction.predicted = 2.6;
    row.determined = false;
    row.alternatives = {other};
    Panel panel;
    panel.layers = {Scatter{.x = {1, 2}, .y = {3.88, 4.86}}};
    add_mark(2000, row, kBlue, "", panel);
    add_words(2000, row, kBlue, "not determined", panel);
    add_intervals({row}, panel);
    return panel;
  };
  const Panel near = panel_of(1.42), far = panel_of(-6e23);
  EXPECT_NEAR(std::get<Note>(near.layers.back()).y, 2.01, 1e-12);
  EXPECT_LE(near.y.lower.value_or(extents_of(near).y.lower), 1.42);
  EXPECT_EQ(std::get<Note>(far.layers.back()).y, 3.88);
  EXPECT_FALSE(far.y.lower);
}

TEST(PredictionWords, HaveTrueMinusSigns) {
  EXPECT_EQ(prediction_words(-1.38, Interval{0.9, -1.71, -1.05, "delta"}),
            "−1.38 (−1.71 to −1.05)");
  EXPECT_EQ(with_minus_sign("-1.38 (-1.71 to -1.05)"), "−1.38 (−1.71 to −1.05)");
  EXPECT_EQ(with_minus_sign("7B-4T at 1e-5, run -a"), "7B-4T at 1e-5, run -a");
}

/// Half of an interval shows in the digits, so that its ends are not both the prediction.
TEST(PredictionWords, HaveTheDigitsThatTheIntervalNeeds) {
  EXPECT_EQ(prediction_words(2.0211, Interval{0.9, 2.0189, 2.0233, "delta"}),
            "2.021 (2.019 to 2.023)");
  EXPECT_EQ(prediction_words(2.021, Interval{0.9, 2.0, 2.04, "delta"}), "2.02 (2.00 to 2.04)");
  EXPECT_EQ(prediction_words(2.021, Interval{0.9, 2.021, 2.021, "delta"}), "2.02 (2.02 to 2.02)");
  EXPECT_EQ(prediction_words(1.1012e9, Interval{0.9, 1.0992e9, 1.1032e9, "delta"}),
            "1.101B (1.099B to 1.103B)");
  EXPECT_EQ(prediction_words(8.1e9, Interval{0.9, 2.1e9, 3.16e10, "delta"}),
            "8.1B (2.1B to 31.6B)");
  EXPECT_EQ(value_words(2.0211, Interval{0.9, 2.0189, 2.0233, "delta"}), "2.021");
  EXPECT_EQ(value_words(9, std::nullopt), "9");
}

/// What is not determined is seen: along the panel where nobody knows how far it reaches, and where
/// it reaches hardly anywhere by a mark.
TEST(AddMark, ShowsWhatIsNotDetermined) {
  table::PredictedRow row;
  row.prediction.predicted = 1.952;
  row.determined = false;
  Panel panel;
  add_mark(2, row, kBlue, "predicted", panel);
  ASSERT_EQ(panel.layers.size(), 1u);
  EXPECT_EQ(std::get<Rule>(panel.layers[0]).at, 2);
  EXPECT_EQ(std::get<Rule>(panel.layers[0]).label, "predicted");
  row.alternatives = {1.951, 1.953};
  EXPECT_EQ(prediction_words(row, false), "not determined (1.951 to 1.953)");
  panel.layers = {Scatter{.x = {1, 2}, .y = {3.88, 1.86}}};
  add_mark(2, row, kBlue, "predicted", panel);
  ASSERT_EQ(panel.layers.size(), 3u);
  EXPECT_EQ(std::get<Scatter>(panel.layers[2]).y, std::vector<double>{1.952});
  EXPECT_EQ(std::get<Scatter>(panel.layers[2]).label, "predicted");
}

/// Where the law has passed the end of what can be, a triangle at the end points beyond.
TEST(AddMark, MarksTheEndThatALawHasPassed) {
  table::PredictedRow row;
  row.prediction.predicted = -0.1;
  row.determined = false;
  row.end_passed = 0;
  Panel panel;
  add_mark(2, row, kBlue, "", panel);
  row.prediction.predicted = 1.2, row.end_passed = 1;
  add_mark(3, row, kBlue, "", panel);
  ASSERT_EQ(panel.layers.size(), 2u);
  const auto &below = std::get<Scatter>(panel.layers[0]),
             &above = std::get<Scatter>(panel.layers[1]);
  EXPECT_EQ(below.marker, Marker::down_triangle);
  EXPECT_EQ(below.y, std::vector<double>{0});
  EXPECT_EQ(above.marker, Marker::triangle);
  EXPECT_EQ(above.y, std::vector<double>{1});
}

}  // namespace
}  // namespace rung
