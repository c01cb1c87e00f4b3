#include "rung/figure/table/predict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "rung/law/formula.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Fitted line(const char* formula, const std::string& input) {
  const auto points = std::make_shared<Points>(1, 8);
  for (std::size_t i = 0; i < 8; ++i) {
    const double x = 1 + static_cast<double>(i);
    points->set(i, std::vector<double>{x}, x + 0.01 * std::sin(5 * x));
  }
  return Fitted(std::make_shared<const Law>(formula_law(formula, {input})), points, FitOptions());
}

/// However little the prediction rises on the way to the target.
TEST(PredictionFigure, AChainsAxisReachesOverItsInterval) {
  PredictedFit fit{.first = line("a + b*D", "D"),
                   .predictions = {},
                   .then = line("a + b*L", "L"),
                   .chained = {}};
  table::PredictedRow row;
  row.inputs = {8.5};
  row.prediction.predicted = 8.5;
  fit.predictions.rows = {row};
  row.prediction.interval = Interval{0.95, -90, 100, "delta"};
  fit.chained.rows = {row};
  const Figure figure = prediction_figure({fit}, {"loss", "acc"});
  ASSERT_EQ(figure.panels.size(), 3u);
  EXPECT_LT(figure.panels[2].y.lower.value_or(0), -90);
  EXPECT_GT(figure.panels[2].y.upper.value_or(0), 100);
}

/// Of one group every panel says the same; of two its panels say which is which.
TEST(PredictionFigure, NamesAGroupOnce) {
  PredictedFit fit{.first = line("a + b*D", "D"), .predictions = {}, .then = {}, .chained = {}};
  fit.first.label = "data=c4";
  table::PredictedRow row;
  row.inputs = {9};
  row.prediction.predicted = 9;
  fit.predictions.rows = {row};
  const Figure one = prediction_figure({fit}, {"loss", ""});
  EXPECT_EQ(one.panels[0].title, "");
  EXPECT_THAT(one.subtitle, HasSubstr("data=c4"));
  const Figure two = prediction_figure({fit, fit}, {"loss", ""});
  EXPECT_EQ(two.panels[1].title, "data=c4: loss");
  EXPECT_THAT(two.subtitle, Not(HasSubstr("data=c4")));
}

/// Each in its own colour, and none without its name.
TEST(PredictionFigure, ManyTargetsAreToldApart) {
  PredictedFit fit{.first = line("a + b*D", "D"), .predictions = {}, .then = {}, .chained = {}};
  constexpr std::size_t kTargets = 7;
  for (std::size_t i = 0; i < kTargets; ++i) {
    table::PredictedRow row;
    row.inputs = {9.0 + static_cast<double>(i)};
    row.prediction.predicted = row.inputs[0];
    fit.predictions.rows.push_back(row);
  }
  const Figure figure = prediction_figure({fit}, {"loss", ""});
  EXPECT_EQ(figure.title, "loss: 9 (D = 9) to 15 (D = 15)");
  std::set<std::uint32_t> colours;
  for (const Layer& layer : figure.panels[0].layers) {
    const auto* const key = std::get_if<Key>(&layer);
    if (!key) continue;
    for (const Key::Line& one : key->lines) colours.insert(one.colour.rgb);
    EXPECT_EQ(key->lines.front().text, "D = 9: 9.00");
  }
  EXPECT_EQ(colours.size(), kTargets);
}

}  // namespace
}  // namespace rung
