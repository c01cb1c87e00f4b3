#include "rung/study/plan/allocate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/chinchilla.hpp"

namespace rung::plan {
namespace {

constexpr Chinchilla kPublished = {kA, kB, kE, kAlpha, kBeta};

double chinchilla(double n, double d) {
  return kE + kA * std::pow(n, -kAlpha) + kB * std::pow(d, -kBeta);
}

TEST(Allocate, ClosedFormAndNumericAgree) {
  for (const double budget : {1e18, 1e21, 5.76e23, 1e26}) {
    const Allocation closed = chinchilla_optimum(kPublished, budget);
    const Allocation found = best_for_budget(chinchilla, budget);
    EXPECT_NEAR(found.n_params / closed.n_params, 1, 1e-5);
    EXPECT_NEAR(found.loss, closed.loss, 1e-12);
    EXPECT_NEAR(6 * closed.n_params * closed.n_tokens / budget, 1, 1e-12);
    EXPECT_FALSE(found.at_edge);
  }
}

TEST(Allocate, TargetLossIsTheInverseOfTheBudget) {
  const Allocation best = chinchilla_optimum(kPublished, 1e22);
  const auto back = cheapest_for_loss(chinchilla, best.loss);
  ASSERT_TRUE(back);
  EXPECT_NEAR(back->training_flops / 1e22, 1, 1e-6);
  EXPECT_NEAR(back->n_params / best.n_params, 1, 1e-3);
  EXPECT_FALSE(cheapest_for_loss(chinchilla, kE - 0.01));
  const auto closed = chinchilla_cheapest(kPublished, best.loss);
  EXPECT_NEAR(closed->training_flops / 1e22, 1, 1e-9);
  EXPECT_NEAR(closed->n_params / best.n_params, 1, 1e-9);
  EXPECT_FALSE(chinchilla_cheapest(kPublished, kE));
}

TEST(Allocate, InferenceMakesModelsSmallerAndLimitedDataLarger) {
  const Allocation plain = best_for_budget(chinchilla, 1e22);
  const Allocation served = best_for_budget(chinchilla, 1e22, {.inference_tokens = 1e12});
  EXPECT_LT(served.n_params, plain.n_params);
  EXPECT_NEAR(served.lifetime_flops / 1e22, 1, 1e-9);
  const Allocation scarce = best_for_budget(chinchilla, 1e22, {.most_tokens = plain.n_tokens / 10});
  EXPECT_GT(scarce.n_params, plain.n_params);
  EXPECT_LE(scarce.n_tokens, plain.n_tokens / 10 * (1 + 1e-9));
}

TEST(Allocate, ANeighboursAnswerLeadsToTheSame) {
  const AllocateOptions options{.inference_tokens = 1e12};
  const Allocation best = best_for_budget(chinchilla, 1e22, options);
  const Allocation cheapest = *cheapest_for_loss(chinchilla, 2.0, options);
  // the last two are no place to begin at
  for (const double near : {0.03, 0.9, 1.2, 50.0, 1e-3, 1e9}) {
    const Allocation by_budget = best_for_budget(chinchilla, 1e22, options, near * best.n_params);
    EXPECT_EQ(by_budget.n_params, best.n_params) << near;
    EXPECT_FALSE(by_budget.at_edge);
    EXPECT_EQ(cheapest_for_loss(chinchilla, 2.0, options, near * cheapest.n_params)->n_params,
              cheapest.n_params)
        << near;
  }
  EXPECT_FALSE(cheapest_for_loss(chinchilla, kE - 0.01, options, 1e9));
}

/// The tokens for a target are found to rounding and in few steps, also where the law isn't smooth.
TEST(Allocate, TokensForATargetTakeFewEvaluations) {
  std::size_t n_calls = 0;
  const auto counted = [&](double n, double d) {
    ++n_calls;
    return chinchilla(n, d);
  };
  const AllocateOptions options{.inference_tokens = 1e12};
  const Allocation scanned = *cheapest_for_loss(counted, 2.0, options);
  EXPECT_NEAR(scanned.loss, 2.0, 1e-14);
  EXPECT_LT(n_calls, 12000U);  // 27,000 by halving
  n_calls = 0;
  cheapest_for_loss(counted, 2.0, options, 1.5 * scanned.n_params);
  EXPECT_LT(n_calls, 1200U);
  const auto stepped = [](double n, double d) { return chinchilla(n, d) + (d < 1e11 ? 1 : 0); };
  EXPECT_GE(cheapest_for_loss(stepped, 2.2)->n_tokens, 1e11 * (1 - 1e-12));
}

}  // namespace
}  // namespace rung::plan
