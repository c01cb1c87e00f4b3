#include "rung/figure/table/inputs.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/scene.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

TEST(NumberWords, OnlyCountsLoseTheZeroBehindThePoint) {
  EXPECT_EQ(number_words(7e9), "7B");
  EXPECT_EQ(number_words(1.3e10), "13B");
  EXPECT_EQ(number_words(2.016), "2.02");
  EXPECT_EQ(number_words(10.04), "10");
}

TEST(BeyondWords, NameTheInputThatLiesFurthestOutside) {
  table::GroupPredictions group;
  group.rows.resize(2);
  EXPECT_EQ(beyond_words(std::vector{group}), "");
  group.rows[0].beyond = {{"N", 9.6}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 9.6 times beyond the data (N)");
  group.rows[1].beyond = {{"D", 96.2}, {"N", 43}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 96 times beyond the data (D)");
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "up to 96 times beyond the data (D)");
  group.rows[1].beyond = {{"L", 1.0134}};
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "up to 1.013 times beyond the data (L)");
}

/// Between neighbours a curve lies no further from the straight line than the eye sees.
TEST(CurveSteps, FollowACurveThatTurns) {
  const auto wave = [](double x) { return std::sin(2 * x); };
  const std::vector<double> at = curve_steps(0.1, 40, true, wave);
  EXPECT_EQ(at.front(), 0.1);
  EXPECT_NEAR(at.back(), 40, 1e-12);
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double middle = std::sqrt(at[i - 1] * at[i]);
    EXPECT_NEAR(wave(middle), (wave(at[i - 1]) + wave(at[i])) / 2, 0.02) << middle;
  }
  const auto power = [](double x) { return 1.7 + 5 * std::pow(x, -0.3); };
  EXPECT_EQ(curve_steps(1, 1e3, true, power).size(), kCurvePoints);
  EXPECT_LT(curve_steps(0.1, 40, true, [](double x) { return std::sin(1e6 * x); }).size(), 4000u);
}

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

TEST(InputAxis, NamesWhatALetterStandsForInEveryLaw) {
  const auto points = std::make_shared<Points>(2, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = 1 + static_cast<double>(i);
    points->set(i, std::vector<double>{x, x * x}, x + 0.01 * std::sin(5 * x));
  }
  const Fitted fitted(std::make_shared<const Law>(formula_law("a + b*D + c*S", {"D", "S"})), points,
                      FitOptions());
  EXPECT_EQ(input_axis(fitted, 0).label, "D: training tokens");
  EXPECT_EQ(input_axis(fitted, 1).label, "S");
}

TEST(InputAxis, OfTheOnlyInputSaysWhatTheUserDoes) {
  const Law& law = find_law("sigmoid");
  EXPECT_EQ(only_input_words(law, parse_mapping("C=6*N*D, L=log10(flops / 1e18)")),
            "L: log10(flops / 1e18)");
  EXPECT_EQ(only_input_words(law, parse_mapping("L=`eval/c4`")), "L: eval/c4");
  EXPECT_EQ(only_input_words(law, {}), "");
  EXPECT_EQ(only_input_words(find_law("chinchilla"), parse_mapping("N=params")), "");
}

}  // namespace
}  // namespace rung
