#include "rung/figure/plan/allocate.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "rung/core/error.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/table/coefficients.hpp"

namespace rung {
namespace {

/// Chinchilla's law with a floor of its own for each group.
plan::AllocateResult answers_of(const std::vector<std::string>& floors,
                                const plan::AllocateRequest& request) {
  std::vector<Fitted> laws;
  for (const std::string& floor : floors) {
    table::Request what;
    what.law = "chinchilla";
    laws.push_back(
        table::with_coefficients(what, "A=406.4, B=410.7, alpha=0.34, beta=0.28, E=" + floor));
    laws.back().label = "floor " + floor;
  }
  return plan::run(request, std::move(laws), {}, std::nullopt);
}

/// The colours that each label of the legend has in any panel.
std::map<std::string, std::set<std::uint32_t>> colours_of(const Figure& figure) {
  std::map<std::string, std::set<std::uint32_t>> colours;
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      if (const auto* curve = std::get_if<Curve>(&layer))
        colours[curve->label].insert(curve->colour.rgb);
    }
  }
  return colours;
}

TEST(AllocationFigure, ATargetHasOneColourInAllGroups) {
  // the second group can't reach 1.8, so its only curve is the first's second
  const Figure figure =
      allocation_figure(answers_of({"1.5", "1.79"}, {.target_losses = {1.8, 2.5}}));
  const auto colours = colours_of(figure);
  ASSERT_TRUE(colours.contains("loss 2.5"));
  ASSERT_TRUE(colours.contains("loss 1.8"));
  std::set<std::uint32_t> all;
  for (const auto& [label, dealt] : colours) {
    EXPECT_EQ(dealt.size(), 1U) << label;
    all.insert(dealt.begin(), dealt.end());
  }
  EXPECT_EQ(all.size(), colours.size());  // and no two labels share one
  EXPECT_EQ(colours.size(), 3U);          // with the line of best sizes
}

TEST(AllocationFigure, TheTitleSpeaksOfAllGroups) {
  const auto title = [](const std::vector<std::string>& floors,
                        const plan::AllocateRequest& request) {
    return allocation_figure(answers_of(floors, request)).title;
  };
  const std::string one = title({"1.5", "1.9"}, {.target_losses = {1.8}});
  EXPECT_TRUE(one.ends_with(", in 1 of 2 groups")) << one;
  const std::string both = title({"1.5", "1.7"}, {.target_losses = {2.5}});
  EXPECT_NE(both.find("Cheapest way to loss 2.5: "), std::string::npos) << both;
  EXPECT_NE(both.find(" to ", both.find("parameters")), std::string::npos) << both;
  EXPECT_TRUE(both.ends_with(", by group")) << both;
  EXPECT_EQ(both.find("floor"), std::string::npos) << both;
}

TEST(AllocationFigure, TheSubtitleSaysWhatIsNotReached) {
  const auto subtitle = [](const plan::AllocateResult& result) {
    return allocation_figure(result).subtitle;
  };
  EXPECT_EQ(subtitle(answers_of({"1.7"}, {.target_losses = {2.2, 1.5}})),
            "Loss 1.5: not reachable");
  EXPECT_EQ(subtitle(answers_of({"1.7", "1.4"}, {.target_losses = {2.2, 1.5}})),
            "Loss 1.5: not reachable in 1 of 2 groups");
  EXPECT_EQ(subtitle(answers_of({"1.7"}, {.target_losses = {2.2}})), "");
  plan::AllocateResult one = answers_of({"1.7"}, {.target_losses = {2.2, 1.5}});
  std::vector<plan::Answer>& answers = one.laws.front().answers;
  answers[0].reachable_share = 0.86, answers[1].reachable_share = 0.3;
  answers[0].n_params = Interval{0.95, 1e9, 2e9, "bootstrap"};
  EXPECT_EQ(subtitle(one),
            "Loss 2.2: reachable in 86% of the refits; loss 1.5: not reachable, but in 30% of the "
            "refits; bars: 95% intervals");
  plan::AllocateResult two = answers_of({"1.5", "1.7"}, {.target_losses = {2.2}});
  two.laws[0].answers[0].reachable_share = 0.9, two.laws[1].answers[0].reachable_share = 0.8;
  EXPECT_EQ(subtitle(two), "Loss 2.2: reachable in 80% of the refits or more");
}

TEST(AllocationFigure, TheSubtitleSaysWhereLossesLeaveTheSecondLawsData) {
  table::Request first;
  first.law = "chinchilla";
  Fitted law = table::with_coefficients(first, "A=406.4, B=410.7, alpha=0.34, beta=0.28, E=1.7");
  Fitted metric = law;
  metric.law = std::make_shared<const Law>(formula_law("0.9 - k*(L - 1.6)", {"L"}));
  metric.fit.theta = {0.3};
  metric.lowest = {2.5}, metric.highest = {4};
  const auto subtitle = [&] {
    return allocation_figure(
               plan::run({.target_losses = {2.2, 2.1}}, {law}, {metric}, std::nullopt))
        .subtitle;
  };
  EXPECT_TRUE(subtitle().ends_with("osses outside the second law's data (2.5 to 4)")) << subtitle();
  metric.lowest = {2};
  EXPECT_EQ(subtitle().find("second law"), std::string::npos) << subtitle();
}

TEST(AllocationFigure, TheTitleSaysWhatThereIsNoMoreOf) {
  plan::AllocateRequest request{.budgets = {"1e22"}};
  request.options.most_tokens = 1e10;
  for (const std::vector<std::string>& floors : {std::vector<std::string>{"1.5"}, {"1.5", "1.9"}}) {
    const std::string title = allocation_figure(answers_of(floors, request)).title;
    EXPECT_NE(title.find("(trained on no more than 10B tokens)"), std::string::npos) << title;
  }
}

TEST(AllocationFigure, WhatTheDataLeaveOpenHasNoStar) {
  table::Request what;
  what.law = "chinchilla";
  Fitted law = table::with_coefficients(what, "A=406.4, B=410.7, alpha=0.34, beta=0.28, E=1.7");
  law.fit.identified = false;
  Alternative other;
  other.theta = law.fit.theta;
  other.theta[static_cast<std::size_t>(law.law->parameter_index("A"))] *= 4;
  law.fit.alternatives = {other};
  const Figure figure =
      allocation_figure(plan::run({.budgets = {"1e21"}}, {law}, {}, std::nullopt));
  EXPECT_NE(figure.title.find(" FLOPs: not determined (1"), std::string::npos) << figure.title;
  EXPECT_NE(figure.subtitle.find("otted: the range"), std::string::npos) << figure.subtitle;
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers)
      EXPECT_FALSE(std::holds_alternative<Scatter>(layer)) << panel.title;
  }
}

TEST(AllocationFigure, SaysWhoseLifeTheComputeIs) {
  plan::AllocateRequest request{.budgets = {"1e21"}};
  EXPECT_EQ(allocation_figure(answers_of({"1.7"}, request)).panels.back().x.label,
            "C: training FLOPs");
  request.options.inference_tokens = 1e12;
  const Figure figure = allocation_figure(answers_of({"1.7"}, request));
  EXPECT_EQ(figure.panels.back().x.label, "C: lifetime FLOPs");
  EXPECT_NE(figure.title.find("for 10²¹ lifetime FLOPs"), std::string::npos);
  const auto& star = std::get<Scatter>(figure.panels.back().layers.back());
  EXPECT_NEAR(star.x.front(), 1e21, 1e12);
}

TEST(IsoflopFigure, ABudgetHasOneColourInAllGroups) {
  std::vector<plan::IsoflopRuns> groups(2);
  for (std::size_t g = 0; g < 2; ++g) {
    for (const double budget : {1e19, 1e20, 1e21}) {
      if (g == 1 && budget < 2e19) continue;  // the second lacks the first budget
      for (const double n : {1e8, 3e8, 9e8})
        groups[g].points.push_back({.compute_flops = budget, .n_params = n, .loss = 3});
      groups[g].fit.bottoms.push_back({.compute_flops = budget, .n_params = 3e8, .loss = 3});
    }
  }
  for (auto& group : groups) {
    group.parabolas = true;
    for (auto& bottom : group.fit.bottoms) bottom.inside = true;
  }
  const Figure figure = isoflop_figure(groups);
  std::map<double, std::set<std::uint32_t>> of_stars;
  for (const auto& [label, dealt] : colours_of(figure)) EXPECT_EQ(dealt.size(), 1U) << label;
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      const auto* star = std::get_if<Scatter>(&layer);
      if (star && star->marker == Marker::star && panel.y.log)
        of_stars[star->x.front()].insert(star->colour.rgb);
    }
  }
  ASSERT_EQ(of_stars.size(), 3U);
  for (const auto& [budget, dealt] : of_stars) EXPECT_EQ(dealt.size(), 1U) << budget;
}

TEST(AllocationFigure, ACurveBendsSmoothlyWhereInferenceTakesTheTokens) {
  plan::AllocateRequest request{.budgets = {"1e21"}};
  request.options.inference_tokens = 1e12;
  const Figure figure = allocation_figure(answers_of({"1.7"}, request));
  const auto& curve = std::get<Curve>(figure.panels.front().layers.front());
  ASSERT_GT(curve.y.size(), 10U);
  const auto [low, high] = std::minmax_element(curve.y.begin(), curve.y.end());
  for (std::size_t i = 1; i < curve.y.size(); ++i) {
    EXPECT_GE(curve.x[i], curve.x[i - 1]);
    EXPECT_LT(std::abs(curve.y[i] - curve.y[i - 1]), 0.1 * (*high - *low));
  }
}

TEST(IsoflopFigure, DrawsTheBudgetsAskedFor) {
  plan::IsoflopRuns group;
  for (const double flops : {1e18, 1e19}) {
    for (const double n : {1e7, 3e7, 1e8}) group.points.push_back({flops, n, 3.0, flops / 6 / n});
    group.fit.bottoms.push_back(
        {.compute_flops = flops, .n_params = 3e7, .loss = 3, .inside = true});
  }
  group.fit.n_params = {1, 0.4};
  group.splits = {{1e21, 2e9, 8e10, {"C", 100}}};
  const Figure figure = isoflop_figure({group});
  EXPECT_TRUE(figure.title.starts_with("Best size for 10²¹ FLOPs: 2B parameters, 80B tokens"))
      << figure.title;
  EXPECT_TRUE(figure.subtitle.ends_with("budgets up to 100 times outside the runs'"));
  bool found = false;
  for (const Layer& layer : figure.panels.back().layers) {
    const auto* scatter = std::get_if<Scatter>(&layer);
    if (scatter && scatter->label == "budgets asked for") {
      found = true;
      EXPECT_EQ(scatter->x, std::vector<double>{1e21});
      EXPECT_EQ(scatter->y, std::vector<double>{2e9});
    }
  }
  EXPECT_TRUE(found);
}

TEST(IsoflopFigure, TheFormulaStandsAboveItsPanelAndTheLegendSaysWhatTheLineIs) {
  std::vector<plan::IsoflopRuns> groups(2);
  for (plan::IsoflopRuns& group : groups) {
    for (const double n : {1e7, 3e7, 1e8}) group.points.push_back({1e18, n, 3.0, 1e10});
    group.fit.bottoms.push_back(
        {.compute_flops = 1e18, .n_params = 3e7, .loss = 3, .inside = true});
  }
  groups[0].label = "base", groups[1].label = "dirty";
  groups[0].fit.n_params = {0.188, 0.472}, groups[1].fit.n_params = {0.137, 0.476};
  const Figure figure = isoflop_figure(groups);
  EXPECT_EQ(figure.panels[1].title, "base: N = 0.188 C^0.472");
  EXPECT_EQ(figure.panels[3].title, "dirty: N = 0.137 C^0.476");
  for (const auto& [label, colours] : colours_of(figure))
    EXPECT_TRUE(label == "fitted power law" || label.ends_with(" FLOPs")) << label;
}

TEST(IsoflopFigure, ManyBudgetsHaveAFewNamesAndTheNoiseIsDrawn) {
  plan::IsoflopRuns group;
  double flops = 1e18;
  for (int i = 0; i < 40; ++i, flops *= 1.3) {
    for (const double n : {1e7, 3e7, 1e8}) group.points.push_back({flops, n, 3.0, flops / 6 / n});
    group.fit.bottoms.push_back(
        {.compute_flops = flops, .n_params = 3e7, .loss = 3, .inside = true});
  }
  group.fit.n_params = {1, 0.4};
  group.splits = {{1e21, 2e9, 8e10, {"C", 1}, Interval{0.9, 5e8, 8e9, "jackknife"}}};
  const Figure figure = isoflop_figure({group});
  EXPECT_EQ(colours_of(figure).size(), 6U + 2);  // with the power law, and curves without a name
  EXPECT_NE(figure.subtitle.find("have a colour between two"), std::string::npos);
  const Panel& sizes = figure.panels.back();
  const auto& asked = std::get<Scatter>(sizes.layers.back());
  EXPECT_EQ(asked.y_lower, std::vector<double>{5e8});
  EXPECT_EQ(asked.y_upper, std::vector<double>{8e9});
  std::string words;
  for (const Layer& layer : sizes.layers)
    if (const auto* note = std::get_if<Note>(&layer)) words = note->text;
  EXPECT_EQ(words, "2B (500M to 8B) on 80B tokens");
}

TEST(IsoflopFigure, SaysHowFarTheApproachIsOff) {
  plan::IsoflopRuns group{.parabolas = false};
  for (int i = 0; i < 300; ++i) group.points.push_back({1e18 * i + 1e18, 1e8, 3.0, 1e10});
  group.fit.bottoms.push_back({.compute_flops = 1e18, .n_params = 1e8, .loss = 3, .inside = true});
  group.fit.n_params = {1, 0.4};
  group.splits = {{1e21, 2e9, 8e10, {"C", 100}}};
  const auto figure_of = [&](double by_runs, std::optional<double> best) {
    group.biases = {{1e21, by_runs, best}};
    return isoflop_figure({group});
  };
  const Figure figure = figure_of(6.5e9, 1.53e10);
  EXPECT_TRUE(figure.subtitle.ends_with("; on approach 3's law 58% below the best size"))
      << figure.subtitle;
  EXPECT_EQ(figure_of(1.5e10, 1.53e10).subtitle.find("best size"), std::string::npos);
  EXPECT_EQ(figure_of(1.5e10, std::nullopt).subtitle.find("best size"), std::string::npos);
  // Many runs lie below the lowest ones.
  EXPECT_EQ(std::get<Scatter>(figure.panels[0].layers.back()).marker, Marker::star);
  for (const Layer& layer : figure.panels[1].layers) {
    if (const auto* note = std::get_if<Note>(&layer)) {
      EXPECT_EQ(note->text, "2B on 80B tokens");
    }
  }
}

}  // namespace
}  // namespace rung
