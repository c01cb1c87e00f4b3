#include "rung/study/plan/isoflop.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "rung/core/error.hpp"
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
    const IsoflopFit fit = isoflop_parabolas(points);
    ASSERT_EQ(fit.bottoms.size(), 4u);
    for (std::size_t k = 0; k < 4; ++k) {
      const IsoflopBottom& bottom = fit.bottoms[k];
      EXPECT_NEAR(std::log(bottom.n_params / truth.n_params.at(bottom.compute_flops)), 0, 0.04);
    }
    EXPECT_NEAR(fit.n_params.exponent, truth.n_params.exponent, 0.01);
  }
}

}  // namespace
}  // namespace rung::plan
