#include "rung/study/decide/trend.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/study/decide/decisions.hpp"

namespace rung::decide {
namespace {

const std::vector<double> kSizes = {151.9e6, 320e6, 530e6, 681e6};
constexpr double kTarget = 7e9;
constexpr int kCheckpoints = 5;

double flops_of(double n_params) { return 6 * n_params * 100 * n_params; }

/// A recipe's loss over compute, and its accuracy from that.
struct Recipe {
  double floor, scale, exponent;

  explicit Recipe(Rng& rng)
      : floor(0.55 + 0.06 * rng.normal()),
        scale(0.5 * std::exp(0.08 * rng.normal())),
        exponent(0.1 * std::exp(0.25 * rng.normal())) {}

  double accuracy(double n_params) const {
    const double bits = floor + scale * std::pow(flops_of(n_params) / 1e20, -exponent);
    return 0.25 + 0.7 / (1 + std::exp(6 * (bits - 1)));
  }
};

using Pair = std::array<Recipe, 2>;

double gap(const Pair& pair, double n_params) {
  return pair[0].accuracy(n_params) - pair[1].accuracy(n_params);
}

/// Recipes of the same order at all small sizes, at the target of the other one or of that, too.
Pair drawn_pair(bool crosses, Rng& rng) {
  constexpr double kLeast = 0.005;  // no tie
  for (;;) {
    const Pair pair = {Recipe(rng), Recipe(rng)};
    const double seen = gap(pair, kSizes.back()), there = gap(pair, kTarget);
    if (std::abs(seen) < kLeast || std::abs(there) < kLeast) continue;
    if (crosses != ((seen > 0) != (there > 0))) continue;
    bool one_order = true;
    for (const double size : kSizes) one_order &= (gap(pair, size) > 0) == (seen > 0);
    if (one_order || !crosses) return pair;
  }
}

/// Runs of all at the small sizes, the last checkpoints of which tell their noise.
template <class Recipes>
Evaluations evaluations_of(const Recipes& recipes, double noise, Rng& rng,
                           const std::vector<double>& sizes = kSizes) {
  Evaluations found;
  found.tasks = {"t"}, found.metrics = {"acc"};
  for (const double size : sizes)
    found.sizes.push_back({std::to_string(size), size, 100 * size, flops_of(size)});
  for (std::size_t recipe = 0; recipe < recipes.size(); ++recipe) {
    found.recipes.emplace_back(1, static_cast<char>('a' + recipe));
    for (std::size_t size = 0; size < sizes.size(); ++size) {
      Series& series = found.series.emplace_back();
      series.recipe = recipe, series.size = size;
      series.values.emplace_back();
      for (int i = 1; i <= kCheckpoints; ++i) {
        series.n_tokens.push_back(100 * sizes[size] * i / kCheckpoints);
        series.compute_flops.push_back(6 * sizes[size] * series.n_tokens.back());
        series.values[0].push_back(recipes[recipe].accuracy(sizes[size]) + noise * rng.normal());
      }
    }
  }
  found.index_runs();
  return found;
}

/// By the accuracy at the largest of the last `n_sizes` small sizes.
Decision decision_of(const Evaluations& evaluations, std::size_t n_sizes) {
  Comparison comparison{.evaluations = &evaluations};
  const std::size_t n_all = evaluations.sizes.size();
  for (std::size_t i = 0; i < n_sizes; ++i) comparison.small_sizes.push_back(n_all - n_sizes + i);
  comparison.target = {kTarget, 100 * kTarget, flops_of(kTarget)};
  comparison.methods = {{.name = "acc@largest", .metric = "acc", .size = n_all - 1}};
  Score score{.method = 0, .task = "t"};
  for (std::size_t recipe = 0; recipe < evaluations.recipes.size(); ++recipe)
    score.predicted.push_back(evaluations.final_mean(recipe, n_all - 1, 0, 0));
  return decide_task(comparison, 0, score, 0.95);
}

/// How often decisions are right, and how often they say that they are.
struct Calibration {
  double right = 0, stated = 0;
  int n_sure = 0, n_sure_right = 0;  // stated at 95% or more

  Calibration(bool crosses, double noise, std::size_t n_sizes) {
    constexpr int kPairs = 150;
    Rng rng(11);
    for (int i = 0; i < kPairs; ++i) {
      const Pair pair = drawn_pair(crosses, rng);
      const Evaluations evaluations = evaluations_of(pair, noise, rng);
      const Decision decision = decision_of(evaluations, n_sizes);
      const Estimate& best = decision.recipes.front();
      const bool is_right = (best.recipe == 0) == (gap(pair, kTarget) > 0);
      right += is_right / double(kPairs);
      stated += *best.chance_of_best / kPairs;
      n_sure += *best.chance_of_best >= 0.95;
      n_sure_right += *best.chance_of_best >= 0.95 && is_right;
    }
  }
};

TEST(Trend, ChancesHoldWhereOrdersChangeWithSizeAndWhereNot) {
  for (const double noise : {0.002, 0.005, 0.01}) {
    for (const bool crosses : {true, false}) {
      SCOPED_TRACE((crosses ? "crossing, noise " : "keeping, noise ") + std::to_string(noise));
      const Calibration found(crosses, noise, kSizes.size());
      EXPECT_GT(found.right, found.stated - 0.08) << "stated " << found.stated;
      EXPECT_GE(found.n_sure_right, 0.9 * found.n_sure) << "of " << found.n_sure;
      if (!crosses) {
        EXPECT_GT(found.right, 0.95);
        EXPECT_GT(found.stated, 0.85);  // no doubt for its own sake
      }
    }
  }
}

/// An accuracy that is a sigmoid of log size, with a top of its own.
struct SigmoidRecipe {
  double top, middle, steepness;

  double accuracy(double n_params) const {
    return 0.25 + (top - 0.25) / (1 + std::exp(-steepness * (std::log10(n_params) - middle)));
  }
};

/// Leads go up and down again in ways that small sizes do not show: three recipes of about one
/// middle, which may lie beyond the runs.
TEST(Trend, ChancesAndIntervalsHoldWhereAccuraciesAreSigmoids) {
  const std::vector<double> sizes = {20e6, 60e6, 150e6, 300e6, 600e6};
  for (const double steepness : {2.5, 4.0}) {
    SCOPED_TRACE(steepness);
    Rng rng(11);
    int n_sure = 0, n_sure_right = 0, n_gaps = 0, n_held = 0;
    for (int i = 0; i < 400; ++i) {
      const double middle = 8.5 + 0.5 * rng.normal();
      std::vector<SigmoidRecipe> recipes;
      for (int k = 0; k < 3; ++k)
        recipes.push_back({0.6 + 0.06 * rng.normal(), middle + 0.12 * rng.normal(),
                           steepness * std::exp(0.2 * rng.normal())});
      const Decision decision =
          decision_of(evaluations_of(recipes, 0.005, rng, sizes), sizes.size());
      const auto at_target = [&](std::size_t k) { return recipes[k].accuracy(kTarget); };
      const std::size_t named = decision.recipes.front().recipe;
      if (*decision.recipes.front().chance_of_best >= 0.95) {
        ++n_sure;
        n_sure_right += at_target(named) == std::max({at_target(0), at_target(1), at_target(2)});
      }
      for (const Gap& gap : decision.gaps) {
        const double truth = at_target(gap.better) - at_target(gap.worse);
        ++n_gaps;
        n_held += gap.interval->lower <= truth && truth <= gap.interval->upper;
      }
    }
    EXPECT_GE(n_sure, 40);
    EXPECT_GE(n_sure_right, 0.85 * n_sure) << "of " << n_sure;
    EXPECT_GE(n_held, 0.88 * n_gaps) << "of " << n_gaps;
  }
}

/// What the trend is for, and the calibration above would see.
TEST(Trend, WithoutItMostCrossingsAreMissedForSure) {
  const Calibration found(true, 0.002, 2);
  EXPECT_LT(found.right, 0.1);
  EXPECT_GT(found.stated, 0.95);
}

TEST(Trend, NeedsThreeSizesWithAllRecipes) {
  Rng rng(3);
  const Evaluations evaluations = evaluations_of(drawn_pair(true, rng), 0.005, rng);
  EXPECT_EQ(decision_of(evaluations, 4).trend_flops.size(), 4u);
  const Decision three = decision_of(evaluations, 3);
  EXPECT_TRUE(three.follows_leads());
  ASSERT_EQ(three.gaps.size(), 1u);
  EXPECT_TRUE(three.gaps[0].chance_of_no_trend);
  EXPECT_GE(three.gaps[0].gap, 0);
  const Decision two = decision_of(evaluations, 2);
  EXPECT_FALSE(two.follows_leads());
  EXPECT_FALSE(two.gaps[0].chance_of_no_trend);
}

TEST(Trend, AGapThatGrowsIsNoDoubt) {
  Rng rng(5);
  Pair pair = {Recipe(rng), Recipe(rng)};
  pair[1] = pair[0];
  pair[1].floor += 0.1;
  const Decision decision = decision_of(evaluations_of(pair, 0.002, rng), 4);
  EXPECT_EQ(decision.recipes.front().recipe, 0u);
  EXPECT_GT(*decision.recipes.front().chance_of_best, 0.95);
}

TEST(Trend, ALeadThatTurnsIsNotFollowedForSure) {
  constexpr std::array kLeads = {0.012, 0.05, 0.079, 0.06};  // a line goes up through these
  Rng rng(7);
  Pair pair = {Recipe(rng), Recipe(rng)};
  pair[1] = pair[0];
  Evaluations evaluations = evaluations_of(pair, 0.003, rng);
  for (Series& series : evaluations.series) {
    if (series.recipe != 0) continue;
    for (double& value : series.values[0]) value += kLeads[series.size];
  }
  const Decision decision = decision_of(evaluations, kLeads.size());
  EXPECT_LT(*decision.recipes.front().chance_of_best, 0.9);
  ASSERT_TRUE(decision.gaps[0].interval);
  EXPECT_LT(decision.gaps[0].interval->lower, 0);
  EXPECT_FALSE(decision.gaps[0].runs_factor);  // runs can't tell
}

}  // namespace
}  // namespace rung::decide
