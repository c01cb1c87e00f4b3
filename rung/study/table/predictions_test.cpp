#include "rung/study/table/predictions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "rung/law/formula.hpp"

namespace rung::table {
namespace {

/// A line over inputs from 1 to 8 (each combination where there are two).
Fitted line(const std::string& formula, const std::vector<std::string>& inputs) {
  const auto points = std::make_shared<Points>(inputs.size(), 16);
  std::size_t i = 0;
  for (const double a : {1, 2, 4, 8}) {
    for (const double b : {1, 2, 4, 8})
      points->set(i++, std::vector<double>{a, b * a},
                  a + 0.1 * b * a + 0.01 * std::sin(7.0 * a * b));
  }
  return Fitted(std::make_shared<const Law>(formula_law(formula, inputs)), points, FitOptions());
}

// No factor leads from a positive value to one that is not.
TEST(Predictions, OfZeroAndNegativeInputsAreBeyondTheData) {
  const Fitted fitted = line("c + a * N + b * D", {"N", "D"});  // both from 1
  for (const double input : {0.0, -1.5}) {
    const PredictedRow row = predicted_row(fitted, {.inputs = {2, input}});
    EXPECT_TRUE(std::isinf(row.extrapolation)) << input;
    ASSERT_EQ(row.beyond.size(), 1u) << input;
    EXPECT_TRUE(std::isinf(row.beyond[0].factor));
    EXPECT_TRUE(row.beyond[0].below);
  }
}

TEST(Predictions, NameEveryInputBeyondTheDataTheFurthestFirst) {
  const Fitted fitted = line("c + a * N + b * D", {"N", "D"});  // N to 8, D to 64
  const std::vector<Beyond> beyond = beyond_data(fitted, {56, 64 * 25});
  ASSERT_EQ(beyond.size(), 2u);
  EXPECT_EQ(beyond[0].input, "D");
  EXPECT_DOUBLE_EQ(beyond[0].factor, 25);
  EXPECT_EQ(beyond[1].input, "N");
  EXPECT_DOUBLE_EQ(beyond[1].factor, 7);
  EXPECT_TRUE(beyond_data(fitted, {8, 1}).empty());
}

/// Of five losses from `least` on, in steps of 1.
Fitted line_of_loss(double least, const FitOptions& options = {}) {
  const auto points = std::make_shared<Points>(1, 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const double loss = least + static_cast<double>(i);
    points->set(i, std::array{loss}, 2 * loss + 0.01 * std::sin(9 * loss));
  }
  return Fitted(std::make_shared<const Law>(formula_law("p + q * L", {"L"})), points, options);
}

TEST(Predictions, OfASecondLawNameItsInputToo) {
  const Fitted first = line("c + a * N + b * D", {"N", "D"}), then = line_of_loss(1);
  const GroupPredictions chained = chained_predictions(first, then, {{.inputs = {16, 16}}});
  ASSERT_EQ(chained.rows.size(), 1u);
  ASSERT_EQ(chained.rows[0].beyond.size(), 2u);
  EXPECT_EQ(chained.rows[0].beyond[0].input, "N");
  EXPECT_EQ(chained.rows[0].beyond[1].input, "L");
  EXPECT_GT(chained.rows[0].beyond[1].factor, 3);  // 17.6 over 5
}

TEST(Predictions, OfASecondLawAreOfTheFirstsLevel) {
  const Fitted first = line("c + a * N + b * D", {"N", "D"});
  const auto interval = [&](double level) {
    return *chained_predictions(first, line_of_loss(1, {.level = level}), {{.inputs = {16, 16}}})
                .rows[0]
                .prediction.interval;
  };
  EXPECT_EQ(interval(0.5).level, 0.95);
  EXPECT_EQ(interval(0.5).lower, interval(0.95).lower);
  EXPECT_EQ(interval(0.99).upper, interval(0.95).upper);
}

TEST(Predictions, OfASecondLawOfAnotherLossAreDoubted) {
  const Fitted first = line("c + a * N + b * D", {"N", "D"});  // of 1.1 to 14.4
  EXPECT_EQ(doubt_of_loss(first, line_of_loss(10)), "");
  const Fitted other = line_of_loss(20);
  EXPECT_NE(doubt_of_loss(first, other).find("is it the same loss?"), std::string::npos);
  EXPECT_EQ(chained_predictions(first, other, {{.inputs = {8, 8}}}).doubts,
            std::vector<std::string>{doubt_of_loss(first, other)});
}

TEST(Predictions, AShareOfQuestionsAboveOneIsNoPrediction) {
  const auto points = std::make_shared<Points>(1, 6);
  for (std::size_t i = 0; i < 6; ++i) {
    const double x = static_cast<double>(i);
    points->set(i, std::array{x}, 0.3 + 0.1 * x + 0.01 * std::sin(7 * x), 400);
  }
  const Fitted share(std::make_shared<const Law>(formula_law("a + b*x", {"x"})), points,
                     {.loss = {LossKind::binomial}});
  const PredictedRow inside = predicted_row(share, {.inputs = {6}});
  EXPECT_TRUE(inside.determined);
  ASSERT_TRUE(inside.prediction.interval);
  EXPECT_LE(inside.prediction.interval->upper, 1);
  const PredictedRow beyond = predicted_row(share, {.inputs = {9}});
  EXPECT_GT(*beyond.prediction.predicted, 1.1);
  EXPECT_FALSE(beyond.determined);
  EXPECT_NE(beyond.note.find("above 1, where no value can be"), std::string::npos) << beyond.note;
  EXPECT_TRUE(predicted_row(line("c + a * N + b * D", {"N", "D"}), {.inputs = {9, 9}}).determined);
}

}  // namespace
}  // namespace rung::table
