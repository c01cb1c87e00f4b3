#include "rung/study/plan/isoflop.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "tests/support/chinchilla.hpp"

namespace rung::plan {
namespace {

constexpr Chinchilla kHoffmann = {kA, kB, kE, kAlpha, kBeta};

double loss_at(double n, double d) {
  return kE + kA * std::pow(n, -kAlpha) + kB * std::pow(d, -kBeta);
}

std::vector<IsoflopPoint> grid(double off_centre, double half_width) {
  std::vector<IsoflopPoint> points;
  for (const double budget : {1e18, 1e19, 1e20, 1e21}) {
    const double best = chinchilla_optimum(kHoffmann, budget).n_params;
    for (int i = -4; i <= 4; ++i) {
      const double n = best * std::exp(off_centre + half_width * i / 4);
      points.push_back({budget, n, loss_at(n, budget / (6 * n))});
    }
  }
  return points;
}

TEST(Isoflop, NarrowCentredParabolasFindTheExponentWideOffCentreOnesAreBiased) {
  const double truth = kBeta / (kAlpha + kBeta);
  const IsoflopFit narrow = isoflop_parabolas(grid(0, 0.3));
  EXPECT_NEAR(narrow.n_params.exponent, truth, 1e-3);
  EXPECT_EQ(narrow.warnings.size(), 1u);  // the bias of approach 2, told always
  const IsoflopFit wide = isoflop_parabolas(grid(1.2, 1.6));
  const double best = chinchilla_optimum(kHoffmann, 1e19).n_params;
  EXPECT_GT(std::abs(std::log(wide.bottoms[1].n_params / best)), 0.01);
  EXPECT_EQ(wide.warnings.size(), 2u);
}

/// The jackknife's error of an extrapolation is that of tables with noise drawn anew.
TEST(Isoflop, SaysHowFarTheRunsNoiseLeavesParabolasOpen) {
  constexpr double kFar = 1e23, kNoise = 0.002;
  Rng rng(6);
  std::vector<double> logs;
  double variance = 0;
  constexpr int kTables = 60;
  for (int table = 0; table < kTables; ++table) {
    std::vector<IsoflopPoint> runs = grid(0, 1);
    for (IsoflopPoint& run : runs) run.loss *= std::exp(kNoise * rng.normal());
    logs.push_back(std::log(isoflop_parabolas(runs).n_params.at(kFar)));
    variance += std::pow(parabolas_log_error(runs, kFar).value(), 2) / kTables;
  }
  const double sd = sample_sd(logs);
  EXPECT_GT(std::sqrt(variance), 0.7 * sd);
  EXPECT_LT(std::sqrt(variance), 1.7 * sd);
  EXPECT_NEAR(parabolas_log_error(grid(0, 0.3), kFar).value(), 0, 0.01);
  EXPECT_FALSE(parabolas_log_error({}, kFar));
}

TEST(Isoflop, EnvelopeFollowsTheBestRunsAndTooFewBudgetsAreAnError) {
  const IsoflopFit envelope = isoflop_envelope(grid(0, 1));
  EXPECT_NEAR(envelope.n_params.exponent, kBeta / (kAlpha + kBeta), 0.02);
  EXPECT_THROW(isoflop_parabolas({{1e18, 1e8, 3}, {1e18, 2e8, 2.9}, {1e18, 4e8, 3}}), InputError);
}

/// Compute that misses its budget by up to 10% either way makes neither more budgets nor another
/// answer.
TEST(Isoflop, BudgetsThatScatterAreStillBudgets) {
  const std::vector<IsoflopPoint> exact = grid(0, 1);
  const IsoflopFit truth = isoflop_parabolas(exact);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> scatter(0.9, 1.1);
  for (int i = 0; i < 50; ++i) {
    std::vector<IsoflopPoint> points;
    for (const IsoflopPoint& point : exact) {
      const double tokens = point.n_tokens * scatter(random);
      points.push_back(
          {6 * point.n_params * tokens, point.n_params, loss_at(point.n_params, tokens), tokens});
    }
    EXPECT_EQ(isoflop_budgets(points).size(), 4u);
    EXPECT_LE(isoflop_envelope(points).bottoms.size(), 4u);  // of each budget one run
    const IsoflopFit fit = isoflop_parabolas(points);
    ASSERT_EQ(fit.bottoms.size(), 4u);
    for (std::size_t k = 0; k < 4; ++k) {
      const IsoflopBottom& bottom = fit.bottoms[k];
      EXPECT_NEAR(std::log(bottom.n_params / truth.n_params.at(bottom.compute_flops)), 0, 0.04);
    }
    EXPECT_NEAR(fit.n_params.exponent, truth.n_params.exponent, 0.01);
  }
}

/// The same of compute that scatters as a normal distribution, with budgets ten and three times
/// apart: some runs miss theirs by a quarter.
TEST(Isoflop, BudgetsThatScatterNormallyAreStillBudgets) {
  const auto scattered = [](double apart, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> scatter(0, 0.1);
    std::vector<IsoflopPoint> points;
    for (int k = 0; k < 4; ++k) {
      const double budget = 1e18 * std::pow(apart, k);
      const double best = chinchilla_optimum(kHoffmann, budget).n_params;
      for (int i = -4; i <= 4; ++i) {
        const double n = best * std::exp(i / 4.0);
        const double tokens = budget / (6 * n) * std::exp(scatter(random));
        points.push_back({6 * n * tokens, n, loss_at(n, tokens), tokens});
      }
    }
    return points;
  };
  for (const double apart : {3.0, 10.0}) {
    for (unsigned seed = 0; seed < 20; ++seed) {
      const std::vector<IsoflopPoint> points = scattered(apart, seed);
      const auto budgets = isoflop_budgets(points);
      ASSERT_EQ(budgets.size(), 4u) << apart << " apart, seed " << seed;
      for (const auto& budget : budgets) EXPECT_EQ(budget.size(), 9u);
      EXPECT_EQ(isoflop_parabolas(points).warnings.size(), 1u);
    }
  }
}

TEST(Isoflop, BudgetsNeedNotBeEvenlyApart) {
  const auto sizes = [](const std::vector<double>& compute) {
    std::vector<IsoflopPoint> points;
    for (const double flops : compute) points.push_back({flops, 1e8, 3});
    std::vector<std::size_t> counts;
    for (const auto& budget : isoflop_budgets(points)) counts.push_back(budget.size());
    return counts;
  };
  using Counts = std::vector<std::size_t>;
  EXPECT_EQ(sizes({1, 1, 1, 1.5, 1.5, 1.5, 1000, 1000, 1000}), (Counts{3, 3, 3}));
  EXPECT_EQ(sizes({1, 1.05, 0.9, 3, 3.2, 2.9, 1000, 1100, 990}), (Counts{3, 3, 3}));
  EXPECT_EQ(sizes({1, 1.1, 0.95}), (Counts{3}));
  EXPECT_EQ(sizes({1, 2, 4, 8}), (Counts{1, 1, 1, 1}));
  // Compute without budgets is cut into quarters.
  EXPECT_EQ(sizes({1, 1.15, 1.3, 1.5, 1.75, 2}), (Counts{2, 2, 2}));
}

TEST(Isoflop, SaysWhichBudgetsAreLeftOut) {
  std::vector<IsoflopPoint> points = grid(0, 0.3);
  points.push_back({1e23, 1e10, 2});
  points.push_back({1e23, 2e10, 2});
  const auto warnings = [&] { return isoflop_parabolas(points).warnings; };
  ASSERT_EQ(warnings().size(), 2u);
  EXPECT_EQ(warnings()[1], "1 budget (near 1e23 FLOPs) with fewer than three sizes left out");
  points.push_back({1e23, 1.4e10, 2.1});
  ASSERT_EQ(warnings().size(), 2u);
  EXPECT_EQ(warnings()[1], "1 budget (near 1e23 FLOPs) whose losses have no lowest point left out");
}

}  // namespace
}  // namespace rung::plan
