#include "rung/figure/table/backtest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rung/figure/marks.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A law whose single predictions are off by `error`, the i-th from i times below.
table::Backtest rolled(std::size_t n_rollouts, double error) {
  table::Backtest law{.law = "formula 1"};
  for (std::size_t i = 0; i < n_rollouts; ++i)
    law.rollouts.push_back({1, 2.0 + static_cast<double>(i), {1 + error, 1.0, std::nullopt}});
  law.mean_error = law.median_error = error;
  law.naive_error = 1;
  law.predictable = error < 0.05;
  return law;
}

Figure drawn(const std::vector<table::Backtest>& laws, const std::string& group = "") {
  table::BacktestRequest request{
      .formulas = {"E + A/N^a",
                   "E + A/N^a + B/D^b + G*log(N)*log(D) + H*log(N)^2*log(D)^2 + I*log(D)"}};
  request.options.tolerance = 0.05;
  return backtest_figure(request, {{.label = group, .laws = laws}});
}

Figure drawn(const table::Backtest& law, const std::string& group = "") {
  return drawn(std::vector{law}, group);
}

/// The legend has what is drawn: points, where a single median makes no line.
TEST(BacktestFigure, LegendHasNoLineThatIsNotDrawn) {
  const auto labels = [](std::size_t n_rollouts) {
    const Figure figure = drawn(rolled(n_rollouts, 0.1));
    const std::vector<Layer>& layers = figure.panels[0].layers;
    return std::pair(std::holds_alternative<Curve>(layers[0]), label_of(layers[0]));
  };
  const std::string label = "formula 1: median error 10.0%";
  EXPECT_EQ(labels(3), std::pair(false, label));
  EXPECT_EQ(labels(40), std::pair(true, label));
  EXPECT_THAT(drawn(rolled(3, 0.1)).subtitle, Not(HasSubstr("lines")));
  EXPECT_THAT(drawn(rolled(40, 0.1)).subtitle, HasSubstr("lines: medians"));
  // However small the errors are.
  EXPECT_LT(drawn(rolled(40, 1e-6)).panels[0].y.lower, 1e-6);
}

TEST(BacktestFigure, SaysShortFormulasAndThatErrorsAreRelative) {
  const Figure bad = drawn(rolled(40, 0.285));
  EXPECT_THAT(bad.subtitle, HasSubstr("; formula 1: E + A/N^a"));
  EXPECT_THAT(bad.subtitle, Not(HasSubstr("formula 2")));
  EXPECT_THAT(bad.title, HasSubstr("formula 1 is off by 28.5% (relative)"));
  EXPECT_THAT(drawn(rolled(40, 0.01)).title, HasSubstr("off by 1.0% (relative), typically"));
  EXPECT_THAT(drawn(rolled(40, 0.01), "web").panels[0].title, HasSubstr("1.0% (relative)"));
}

/// A law's median may be good and its mean worse than that of repeating a run.
TEST(BacktestFigure, TitleGoesByTheVerdictAndItsNumber) {
  table::Backtest jumpy = rolled(40, 0.008);
  jumpy.mean_error = 0.326, jumpy.naive_error = 0.204, jumpy.predictable = false;
  table::Backtest steady = rolled(40, 0.011);
  steady.law = "chinchilla";
  const Figure both = drawn(std::vector{jumpy, steady});
  EXPECT_EQ(both.title, "chinchilla predicts larger runs: off by 1.1% (relative), typically");
  EXPECT_THAT(both.subtitle, HasSubstr("; formula 1: off by 32.6% on average, where repeating the "
                                       "largest run is off by 20.4%"));
  EXPECT_EQ(drawn(std::vector{jumpy, steady}, "web").panels[0].title,
            "web: chinchilla off by 1.1% (relative)");
  EXPECT_EQ(drawn(jumpy).title,
            "No better than repeating the largest run: formula 1 is off by 32.6% (relative) on "
            "average, that by 20.4%");
  EXPECT_EQ(drawn(jumpy, "web").panels[0].title,
            "web: not predictable, formula 1 off by 32.6% (relative) on average");
}

/// Points hide nothing that matters: lines are above them, and the best law's above the others'.
TEST(BacktestFigure, LinesLieAboveAllPointsAndTheBestLawsLast) {
  table::Backtest best = rolled(40, 0.01), other = rolled(40, 0.1);
  best.law = "chinchilla";
  const Figure figure = drawn(std::vector{best, other});
  const std::vector<Layer>& layers = figure.panels[0].layers;
  EXPECT_EQ(label_of(layers[0]), "chinchilla: median error 1.0%");  // the legend, in their order
  EXPECT_EQ(label_of(layers[1]), "formula 1: median error 10.0%");
  EXPECT_NEAR(std::get<Scatter>(layers[2]).y.front(), 0.1, 1e-12);
  EXPECT_NEAR(std::get<Scatter>(layers[3]).y.front(), 0.01, 1e-12);
  EXPECT_NEAR(std::get<Curve>(layers[4]).y.front(), 0.1, 1e-12);
  EXPECT_NEAR(std::get<Curve>(layers[5]).y.front(), 0.01, 1e-12);
}

/// A few errors from far below are one fit's.
TEST(BacktestFigure, MediansOfManyErrorsAreOfMany) {
  table::Backtest law = rolled(4000, 0.1);
  for (int i = 0; i < 30; ++i) law.rollouts.push_back({1, 1e6 + i, {1.001, 1.0, std::nullopt}});
  const Figure figure = drawn(law);
  EXPECT_THAT(figure.subtitle, HasSubstr("lines: medians of 100 or more"));
  const auto& layers = figure.panels[0].layers;
  EXPECT_LT(std::get<Scatter>(layers[1]).opacity, 0.5);
  for (const double error : std::get<Curve>(layers[2]).y) EXPECT_NEAR(error, 0.1, 1e-12);
  EXPECT_THAT(drawn(rolled(40, 0.1)).subtitle, HasSubstr("lines: medians of 5 or more"));
}

TEST(BacktestFigure, MarksTheDistanceOfATargetBeyondTheRuns) {
  table::BacktestRequest request{.formulas = {"E + A/N^a"}};
  const auto marks = [&](double at) {
    const Figure figure =
        backtest_figure(request, {{.laws = {rolled(40, 0.01)}, .targets = {{"N=7B", at}}}});
    std::vector<double> marks;
    for (const Layer& layer : figure.panels[0].layers) {
      const auto* rule = std::get_if<Rule>(&layer);
      if (rule && rule->direction == Rule::Direction::vertical) marks.push_back(rule->at);
    }
    return marks;
  };
  EXPECT_EQ(marks(410), std::vector<double>{10});    // the largest run is at 41
  EXPECT_EQ(marks(4100), std::vector<double>{100});  // further than any rollout
  EXPECT_TRUE(marks(20).empty());
}

TEST(BacktestFigure, NoReferenceHasTheColourOfALaw) {
  for (const std::size_t n_laws : {2u, 4u, 6u}) {
    table::GroupBacktest group{.targets = {{"N=7B", 410}, {"N=13B", 820}}};
    group.laws.assign(n_laws, rolled(40, 0.01));
    const Figure figure = backtest_figure({.formulas = {"E + A/N^a"}}, {group});
    std::vector<Colour> laws;
    for (const Layer& layer : figure.panels[0].layers)
      if (const auto* curve = std::get_if<Curve>(&layer)) laws.push_back(curve->colour);
    EXPECT_EQ(laws.size(), 2 * n_laws);  // in the legend and drawn
    for (const Layer& layer : figure.panels[0].layers) {
      if (const auto* rule = std::get_if<Rule>(&layer)) {
        EXPECT_EQ(std::ranges::count(laws, rule->colour), 0) << rule->label;
      }
    }
  }
}

/// The line passes a target's distance at the number that the verdict goes by.
TEST(BacktestFigure, MediansAreTheVerdictsAtTheTargetsDistance) {
  table::Backtest law = rolled(400, 0.01);
  for (std::size_t i = 0; i < law.rollouts.size(); ++i)
    law.rollouts[i].prediction.predicted = 1 + 0.0001 * static_cast<double>(i);
  const double distance = 37;
  const table::BacktestRequest request{.formulas = {"E + A/N^a"}};
  const Figure figure =
      backtest_figure(request, {{.laws = {law}, .targets = {{"N=7B", distance * law.largest()}}}});
  const auto& curve = std::get<Curve>(figure.panels[0].layers[2]);
  const auto at = std::find(curve.x.begin(), curve.x.end(), distance);
  ASSERT_NE(at, curve.x.end());
  EXPECT_EQ(curve.y[static_cast<std::size_t>(at - curve.x.begin())],
            table::error_at_distance(law, distance).median_error);
}

TEST(BacktestFigure, MarksTheGroupsThatHaveReservations) {
  const table::Backtest good = rolled(40, 0.01);
  table::Backtest reserved = good;
  reserved.reservations = {{"not at the target's distance", "with numbers"}};
  const Figure figure =
      backtest_figure({.formulas = {"E + A/N^a"}},
                      {{.label = "web", .laws = {good}}, {.label = "code", .laws = {reserved}}});
  EXPECT_THAT(figure.title, HasSubstr("1 with reservations"));
  EXPECT_THAT(figure.subtitle, HasSubstr("; (!): not at the target's distance"));
  EXPECT_THAT(figure.panels[0].title, Not(HasSubstr("(!)")));
  EXPECT_THAT(figure.panels[1].title, HasSubstr("(!)"));
}

}  // namespace
}  // namespace rung
