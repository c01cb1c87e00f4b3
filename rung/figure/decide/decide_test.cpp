#include "rung/figure/decide/decide.hpp"

#include <gtest/gtest.h>

#include <map>

namespace rung::decide {
namespace {

Method scale_of(const std::string& metric, double compute_share) {
  Method method;
  method.metric = metric;
  method.compute_share = compute_share;
  return method;
}

TEST(DecideFigure, WhatOthersAreDrawnOverIsWider) {
  Result result{.rehearsal = "750M"};
  result.methods = {scale_of("accuracy", 0.01), scale_of("bits", 0.01), scale_of("margin", 0.02)};
  for (std::size_t i = 0; i < 3; ++i)
    result.scores.push_back({.method = i, .task = "piqa", .rehearsal = i < 2 ? 1 : 0.9});
  result.decisions = {{.task = "piqa"}};
  const Figure figure = decide_figure(result, "piqa");
  std::map<std::string, double> sizes_px;
  for (const auto& layer : figure.panels.back().layers) {
    if (const auto* scatter = std::get_if<Scatter>(&layer))
      sizes_px[scatter->label] = scatter->size_px;
  }
  EXPECT_EQ(sizes_px["bits"], sizes_px["margin"]);
  EXPECT_GT(sizes_px["accuracy"], sizes_px["bits"] + 2);
}

TEST(DecideFigure, ASingleScalePredictsNoValues) {
  Result result{.recipes = {"web", "books"}, .target = "7B"};
  result.methods = {scale_of("accuracy", 0.01)};
  result.methods.front().name = "accuracy@750M";
  result.decisions = {{.task = "piqa", .recipes = {{.recipe = 0, .value = 0.7}}}};
  const auto label = [&] {
    const Figure figure = decide_figure(result, "piqa");
    return std::get<Scatter>(figure.panels.front().layers.front()).label;
  };
  EXPECT_EQ(label(), "measured there, 95% interval");
  EXPECT_EQ(decide_figure(result, "piqa").title, "web is best, and so expected at 7B");
  result.methods.front().setup.emplace();
  EXPECT_EQ(label(), "predicted, 95% interval");
  EXPECT_EQ(decide_figure(result, "piqa").title, "web is predicted to be best at 7B");
}

TEST(DecideFigure, LeadsOverSizesStandInPlaceOfWhatAllMethodsShare) {
  Result result{.recipes = {"web", "books"}, .target = "7B", .rehearsal = "750M"};
  result.methods = {scale_of("accuracy", 0.01), scale_of("bits", 0.02)};
  for (std::size_t i = 0; i < 2; ++i)
    result.scores.push_back({.method = i, .task = "piqa", .rehearsal = 1});
  Decision decision{.task = "piqa", .trend_flops = {1e18, 1e19, 1e20}, .target_flops = 1e22};
  for (std::size_t recipe = 0; recipe < 2; ++recipe)
    decision.recipes.push_back({.recipe = recipe,
                                .value = 0.7,
                                .chance_of_best = 0.5,
                                .expected_lead = Lead{0.01, 0.02},
                                .seen = {{0.01, 0.001}, {0.02, 0.001}, {0.03, 0.001}}});
  result.decisions = {decision};
  const Figure figure = decide_figure(result, "piqa");
  ASSERT_EQ(figure.panels.size(), 2u);
  EXPECT_EQ(figure.panels[1].title, "Leads in accuracy, followed to 7B");
  EXPECT_EQ(
      figure.subtitle,
      "web with a chance of 50%, as leads have changed over 3 sizes; every method puts 100% of "
      "pairs in order in the rehearsal");
  EXPECT_EQ(figure.title, "Not clear which is best at 7B");
  result.scores.back().rehearsal = 0.5;
  EXPECT_EQ(decide_figure(result, "piqa").panels.size(), 3u);
  for (Method& method : result.methods) method.compute_share.reset();
  EXPECT_EQ(decide_figure(result, "piqa").panels.size(), 2u);  // nothing to draw it over
}

}  // namespace
}  // namespace rung::decide
