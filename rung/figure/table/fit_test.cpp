// Figures of fits: what is drawn of predictions, and lines of equal value.
#include "rung/figure/table/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/figure/table/contours.hpp"

namespace rung {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Runs of a known law.
Table runs() {
  Table table("runs.csv");
  std::vector<double> n, d, loss;
  for (const double size : {1e7, 3e7, 1e8, 3e8, 1e9}) {
    for (const double ratio : {5, 20, 80}) {
      n.push_back(size), d.push_back(ratio * size);
      const double wobble = 1 + 0.002 * std::sin(5.0 * static_cast<double>(n.size()));
      loss.push_back(wobble *
                     (1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28)));
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  return table;
}

table::FitResult fitted(std::optional<Table> targets) {
  table::FitRequest request;
  request.what.law = "chinchilla";
  request.what.y = "loss";
  request.uncertainty.resample.n_replicates = 0;
  request.predicts_table = targets.has_value();
  return table::run(request, table::prepare(runs(), request.what), std::move(targets));
}

Table targets(std::size_t n) {
  Table table("targets.csv");
  std::vector<double> sizes, tokens;
  for (std::size_t i = 0; i < n; ++i)
    sizes.push_back(2e9 + 1e9 * static_cast<double>(i)), tokens.push_back(60 * sizes.back());
  table.add({"N", sizes});
  table.add({"D", tokens});
  return table;
}

template <class Kind>
std::vector<Kind> layers_of(const Figure& figure) {
  std::vector<Kind> layers;
  for (const Layer& layer : figure.panels.front().layers) {
    if (const Kind* one = std::get_if<Kind>(&layer)) layers.push_back(*one);
  }
  return layers;
}

TEST(FitFigure, DrawsAFewRowsOfATableToPredictAndSaysNothingOfMany) {
  const Figure few = fit_figure(fitted(targets(8)), "loss");
  EXPECT_EQ(layers_of<Note>(few).size(), 8u);
  EXPECT_EQ(layers_of<Note>(few)[5].text, "N = 7B");
  EXPECT_THAT(layers_of<Key>(few).front().lines[5].text, HasSubstr("N = 7B: "));
  EXPECT_THAT(few.subtitle, HasSubstr("predicted up to 9 times beyond the data (N)"));
  const Figure many = fit_figure(fitted(targets(9)), "loss");
  EXPECT_TRUE(layers_of<Note>(many).empty());
  EXPECT_THAT(many.subtitle, Not(HasSubstr("predicted")));
}

TEST(FitFigure, CurvesEndAtTheFurthestTarget) {
  const auto end = [](const Figure& figure) {
    double most = 0;
    for (const Curve& curve : layers_of<Curve>(figure)) most = std::max(most, curve.x.back());
    return most;
  };
  EXPECT_NEAR(end(fit_figure(fitted(targets(1)), "loss")), 1.2e11, 1);
  EXPECT_LT(end(fit_figure(fitted(std::nullopt), "loss")), 1.7e11);
}

TEST(ContourFigure, LinesReachTheFrameAndAreNamed) {
  const table::FitResult result = fitted(std::nullopt);
  const Figure figure = contour_figure(result.groups, "loss");
  const Panel& panel = figure.panels.front();
  const auto at_frame = [&](double x, double y) {
    constexpr double kRounding = 1 + 1e-9;
    return x <= *panel.x.lower * kRounding || x * kRounding >= *panel.x.upper ||
           y <= *panel.y.lower * kRounding || y * kRounding >= *panel.y.upper;
  };
  const std::vector<Curve> lines = layers_of<Curve>(figure);
  ASSERT_GT(lines.size(), 5u);
  for (const Curve& line : lines) {
    EXPECT_TRUE(at_frame(line.x.front(), line.y.front()));
    EXPECT_TRUE(at_frame(line.x.back(), line.y.back()));
    const Fitted& law = result.groups.front().fitted;
    const double height = law.predict(std::vector{line.x.front(), line.y.front()});
    for (std::size_t i = 0; i < line.x.size(); ++i)
      EXPECT_NEAR(law.predict(std::vector{line.x[i], line.y[i]}), height, 2e-3);
  }
  EXPECT_GE(layers_of<Note>(figure).size() + 1, lines.size());  // but for a corner's
}

}  // namespace
}  // namespace rung
