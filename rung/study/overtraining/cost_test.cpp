#include "rung/study/overtraining/cost.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung::overtraining {
namespace {

/// The published law for RedPajama, with runs scattered about it.
Fit scattered_fit(double sd, std::uint64_t seed = 7) {
  const Law& law = find_law("over-training");
  const std::vector<double> theta{212, 367, 0.1364, 1.837};
  std::vector<std::vector<double>> inputs(2);
  std::vector<double> losses;
  Rng rng(seed, 0);
  for (const double n : {1e7, 8e7, 1.5e8, 4e8}) {
    for (const double ratio : {20.0, 80.0, 320.0}) {
      inputs[0].push_back(ratio);
      inputs[1].push_back(6 * n * n * ratio);
      losses.push_back(predict(law, theta, std::array{ratio, 6 * n * n * ratio}) +
                       sd * rng.normal());
    }
  }
  return fit(law, Points::from_columns(inputs, losses));
}

double loss(const Fit& fit, double ratio, double compute) {
  return predict(*fit.law, fit.theta, std::array{ratio, compute});
}

TEST(OvertrainingCost, no_ratio_beats_the_optimal_one) {
  const Fit fit = scattered_fit(0);
  const double best = optimal_tokens_per_parameter(fit)->value;
  EXPECT_NEAR(best, std::pow(367.0 / 212, 1 / 0.2728), 1e-3);
  for (const double compute : {1e18, 1e22}) {
    EXPECT_LT(loss(fit, best, compute), loss(fit, 1.01 * best, compute));
    EXPECT_LT(loss(fit, best, compute), loss(fit, best / 1.01, compute));
  }
}

TEST(OvertrainingCost, ratios_are_those_of_runs_with_equal_loss) {
  const Fit fit = scattered_fit(0);
  const double compute = 1e21, best = optimal_tokens_per_parameter(fit)->value;
  for (const OverTrainingCost& cost : over_training_costs(fit, compute, {5, best, 100, 640})) {
    const double ratio = cost.tokens_per_parameter;
    EXPECT_NEAR(cost.extra_loss_nats.value, loss(fit, ratio, compute) - loss(fit, best, compute),
                1e-9);
    const double more = cost.compute_ratio.value * compute;
    EXPECT_NEAR(loss(fit, ratio, more), loss(fit, best, compute), 1e-9);
    EXPECT_NEAR(cost.n_params_ratio.value,
                std::sqrt(more / (6 * ratio)) / std::sqrt(compute / (6 * best)), 1e-6);
  }
  EXPECT_GT(over_training_costs(fit, compute, {640})[0].compute_ratio.value, 1.5);
}

/// The interval of a quantity that is a parameter is that parameter's own.
TEST(OvertrainingCost, intervals_grow_with_the_scatter_of_the_runs) {
  const Fit near = scattered_fit(1e-4), far = scattered_fit(1e-2);
  const auto width = [](const Fit& fit) {
    const OverTrainingCost cost = over_training_costs(fit, 1e21, {320})[0];
    return std::log(cost.compute_ratio.interval->upper / cost.compute_ratio.value);
  };
  EXPECT_GT(width(far), 30 * width(near));
  EXPECT_LT(width(far), 300 * width(near));
  const Estimate ratio = *optimal_tokens_per_parameter(far);
  EXPECT_LT(ratio.interval->lower, std::pow(367.0 / 212, 1 / 0.2728));
  EXPECT_GT(ratio.interval->upper, std::pow(367.0 / 212, 1 / 0.2728));
}

/// Where the cost's slope is 0, too, though the delta method has no width there.
TEST(OvertrainingCost, intervals_hold_the_truth_about_the_optimum) {
  const double truth = std::pow(367.0 / 212, 1 / 0.2728);
  int n = 0, n_held = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Fit fit = scattered_fit(3e-3, seed);
    const auto best = optimal_tokens_per_parameter(fit);
    if (!best || !best->interval) continue;
    const std::vector<OverTrainingCost> costs =
        over_training_costs(fit, 1e21, {best->value, truth, 640});
    EXPECT_GT(costs[0].extra_loss_nats.interval->upper, 0) << seed;
    EXPECT_EQ(costs[0].extra_loss_nats.interval->lower, 0) << seed;
    EXPECT_GT(costs[0].compute_ratio.interval->upper, 1) << seed;
    // The truth at the fitted optimum: its extra loss by the law that made the runs.
    Fit made = fit;
    made.theta = {212, 367, 0.1364, 1.837};
    const double there = loss(made, best->value, 1e21) - loss(made, truth, 1e21);
    ++n;
    n_held += costs[0].extra_loss_nats.interval->upper >= there;
  }
  EXPECT_GE(n, 30);
  EXPECT_GE(n_held, 0.9 * n);
}

TEST(OvertrainingCost, budget_without_inference_is_compute_optimal) {
  const Fit fit = scattered_fit(1e-3);
  const BudgetPlan plan = best_for_budget(fit, 1e21, 0);
  const double best = optimal_tokens_per_parameter(fit)->value;
  EXPECT_NEAR(plan.tokens_per_parameter.value / best, 1, 1e-12);
  EXPECT_NEAR(plan.n_params.value / std::sqrt(1e21 / (6 * best)), 1, 1e-12);
  EXPECT_NEAR(plan.loss_nats.value, *plan.loss_of_free_inference_size, 1e-12);
  EXPECT_EQ(plan.training_flops, 1e21);
}

/// A formula gives the optimal ratio, a search the budget's: their intervals are of the same
/// slopes.
TEST(OvertrainingCost, intervals_of_a_budget_are_those_of_the_formula) {
  const Fit fit = scattered_fit(1e-3);
  const Estimate ratio = best_for_budget(fit, 1e21, 0).tokens_per_parameter;
  const Estimate formula = *optimal_tokens_per_parameter(fit);
  ASSERT_TRUE(ratio.interval && formula.interval);
  EXPECT_NEAR(ratio.interval->lower / formula.interval->lower, 1, 1e-8);
  EXPECT_NEAR(ratio.interval->upper / formula.interval->upper, 1, 1e-8);
}

TEST(OvertrainingCost, inference_asks_for_a_smaller_model_trained_longer) {
  const Fit fit = scattered_fit(1e-3);
  const BudgetPlan none = best_for_budget(fit, 1e21, 0), much = best_for_budget(fit, 1e21, 1e12);
  EXPECT_LT(much.n_params.value, none.n_params.value);
  EXPECT_GT(much.tokens_per_parameter.value, none.tokens_per_parameter.value);
  EXPECT_NEAR(much.training_flops + much.inference_flops, 1e21, 1e9);
  EXPECT_NEAR(6 * much.n_params.value * much.n_tokens.value / much.training_flops, 1, 1e-9);
  const BudgetPlan little = best_for_budget(fit, 1e21, 1e10);
  ASSERT_TRUE(little.loss_of_free_inference_size);
  EXPECT_LT(little.loss_nats.value, *little.loss_of_free_inference_size);
  ASSERT_TRUE(much.n_params.interval && much.loss_nats.interval);
  for (const double factor : {0.97, 1.03}) {  // no neighbour does better
    const double n = factor * much.n_params.value, compute = 1e21 - 2 * n * 1e12;
    EXPECT_GT(loss(fit, compute / (6 * n * n), compute), much.loss_nats.value);
  }
}

/// Of N and D, too: N is held just where the ratio is, since the budget ties them.
TEST(OvertrainingCost, intervals_of_a_budget_hold_what_it_pays_for_and_the_best_of_it) {
  Fit made = scattered_fit(0);
  made.theta = {212, 367, 0.1364, 1.837};
  constexpr double kBudget = 1e22;
  for (const auto& [sd, tokens] : {std::pair(1e-2, 0.0), std::pair(1e-2, 1e12),
                                   std::pair(1e-2, 1e13), std::pair(5e-2, 1e13)}) {
    const BudgetPlan truth = best_for_budget(made, kBudget, tokens);
    int n = 0, n_held = 0, d_held = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Fit fit = scattered_fit(sd, seed);
      if (!optimal_tokens_per_parameter(fit)) continue;
      const BudgetPlan plan = best_for_budget(fit, kBudget, tokens);
      if (!plan.n_params.interval || !plan.n_tokens.interval) continue;
      const Interval &size = *plan.n_params.interval, &length = *plan.n_tokens.interval;
      for (const auto& [at_n, at_d] :
           {std::pair(size.lower, length.upper), std::pair(size.upper, length.lower)})
        EXPECT_NEAR((6 * at_n * at_d + 2 * at_n * tokens) / kBudget, 1, 1e-9) << seed;
      EXPECT_TRUE(size.lower <= plan.n_params.value && plan.n_params.value <= size.upper) << seed;
      ++n;
      n_held += size.lower <= truth.n_params.value && truth.n_params.value <= size.upper;
      d_held += length.lower <= truth.n_tokens.value && truth.n_tokens.value <= length.upper;
    }
    EXPECT_GE(n, 90);
    EXPECT_GE(n_held, 0.9 * n) << tokens;
    EXPECT_GE(d_held, 0.9 * n) << tokens;
  }
}

TEST(OvertrainingCost, a_budget_is_in_doubt_far_from_the_runs_and_below_a_loss_of_0) {
  BudgetPlan plan;
  plan.loss_nats = {3, Interval{0.95, 2.5, 3.5, "delta-mean"}};
  EXPECT_EQ(doubt_of(Estimate{20, Interval{0.95, 5, 80, ""}}, {}), "");
  EXPECT_NE(doubt_of(Estimate{20, Interval{0.95, 1e-6, 1e9, ""}}, {}), "");
  EXPECT_EQ(doubt_of(plan, {}), "");
  EXPECT_EQ(doubt_of(plan, {{"N", 99}, {"D", 2}}), "");
  EXPECT_EQ(doubt_of(plan, {{"N", 2e4}}),
            "N lies a factor of 20K outside the fitted runs': not to be trusted");
  plan.loss_nats.interval->lower = -47.9;
  EXPECT_NE(doubt_of(plan, {}), "");
}

TEST(OvertrainingCost, says_what_is_wrong_with_a_budget) {
  const Fit fit = scattered_fit(0);
  EXPECT_THROW(best_for_budget(fit, 0, 0), InputError);
  EXPECT_THROW(best_for_budget(fit, 1e21, -1), InputError);
  Fit bent = fit;
  bent.theta[0] = -1;
  EXPECT_FALSE(optimal_tokens_per_parameter(bent));
  EXPECT_THROW(over_training_costs(bent, 1e21, {20}), InputError);
}

}  // namespace
}  // namespace rung::overtraining
