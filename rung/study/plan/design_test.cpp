#include "rung/study/plan/design.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/law/formula.hpp"

namespace rung::plan {
namespace {

class DesignTest : public ::testing::Test {
 protected:
  DesignTest() {
    Rng rng(5);
    for (std::size_t i = 0; i < 12; ++i) {
      const double x = static_cast<double>(i) / 11;
      points_.set(i, {&x, 1}, 1 + x + 0.1 * rng.normal());
    }
    fit_ = fit(law_, points_);
  }
  Design plan(const DesignOptions& options, const std::vector<Candidate>& candidates) {
    return next_runs(Fitted(law_, points_, {}), candidates, options);
  }
  Law law_ = formula_law("a + b*x", {"x"});
  Points points_{1, 12};
  Fit fit_;
};

TEST_F(DesignTest, DOptimalRunsOfALineLieAtItsEnds) {
  const std::vector<Candidate> candidates = {{{-1}}, {{0}}, {{0.5}}, {{1}}, {{2}}};
  const Design found = plan({.criterion = Criterion::d, .budget = 2}, candidates);
  ASSERT_EQ(found.runs.size(), 2u);
  for (const Chosen& run : found.runs)
    EXPECT_TRUE(run.candidate == 0 || run.candidate == 4) << run.candidate;
}

TEST_F(DesignTest, CostsCountAndTheTargetsErrorFallsAsPromised) {
  const std::vector<Candidate> candidates = {{{2}, 1}, {{2.2}, 100}};
  const Design found =
      plan({.criterion = Criterion::c, .targets = {{3}}, .budget = 50}, candidates);
  ASSERT_EQ(found.runs.size(), 1u);
  EXPECT_EQ(found.runs[0].candidate, 0u);
  EXPECT_EQ(found.n_too_dear, 1u);
  // Fit again with the run made: X'X grows by its row.
  double n = 13, sum = 2, squares = 4;
  for (int i = 0; i < 12; ++i) sum += i / 11.0, squares += i * i / 121.0;
  const double determinant = n * squares - sum * sum;
  const double variance =
      fit_.covariance->residual_variance * (squares - 2 * 3 * sum + 9 * n) / determinant;
  EXPECT_NEAR(*found.runs[0].target_stderr, std::sqrt(variance), 1e-9);
  const Forecast& target = found.targets.at(0);
  EXPECT_NEAR(target.stderr_after, std::sqrt(variance), 1e-9);
  const auto now = delta_interval(FitProblem(law_, points_, {}, Residual::raw), fit_,
                                  std::vector<double>{3}, 0.95, false);
  EXPECT_NEAR(target.before->lower, now->lower, 1e-9);
  EXPECT_NEAR(target.before->upper, now->upper, 1e-9);
  EXPECT_TRUE(target.is_linear());
  EXPECT_LT(target.after.upper - target.after.lower, target.before->upper - target.before->lower);
}

TEST_F(DesignTest, WhatIsNowIsWhatAPredictionSays) {
  // Curved enough that the profile differs from the linearized law.
  Points points(1, 6);
  Rng rng(3);
  for (std::size_t i = 0; i < 6; ++i) {
    const double x = static_cast<double>(1 + i);
    points.set(i, {&x, 1}, 1 + 2 * std::exp(-0.5 * x) + 0.05 * rng.normal());
  }
  const Law law = formula_law("a + b*exp(-c*x)", {"x"});
  const Fitted fitted(law, points, {});
  const std::vector<double> at = {12};
  const Design found = next_runs(fitted, {{{8}, 1}}, {.targets = {at}, .budget = 1});
  const Forecast& target = found.targets.at(0);
  const auto said = fitted.interval(at);
  ASSERT_TRUE(said && target.before);
  EXPECT_EQ(target.before->lower, said->lower);
  EXPECT_EQ(target.before->upper, said->upper);
  EXPECT_FALSE(target.is_linear());
  EXPECT_GT(std::abs(target.before_linearized.lower - said->lower), 1e-3);
}

TEST_F(DesignTest, AllRunsOnceMoreHalveTheVarianceUnderAnyLoss) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < points_.size(); ++i) candidates.push_back({{points_.input(0, i)}, 1});
  const std::vector<double> target = {3};
  for (const char* text : {"squared", "huber:0.01", "lad", "asymmetric:10"}) {
    const Loss loss = parse_loss(text);
    const Fitted fitted(law_, points_, {.loss = loss});
    const Design found = next_runs(fitted, candidates, {.targets = {target}, .budget = 12});
    ASSERT_EQ(found.runs.size(), 12u) << text;
    const auto now = delta_interval(*fitted.problem, fitted.fit, target, 0.95, false);
    const double stderr_now =
        (now->upper - now->lower) / 2 / student_t_quantile(0.975, fitted.fit.covariance->dof);
    EXPECT_NEAR(found.targets.at(0).stderr_after / stderr_now, std::sqrt(0.5), 1e-9) << text;
  }
}

TEST_F(DesignTest, RepeatsARunWhereThatIsBest) {
  const std::vector<Candidate> candidates = {{{2}}, {{0.5}}};
  const Design once = plan({.targets = {{3}}, .budget = 3}, candidates);
  EXPECT_EQ(once.runs.size(), 2u);
  const Design again = plan({.targets = {{3}}, .budget = 3, .most_repeats = 5}, candidates);
  ASSERT_EQ(again.runs.size(), 3u);
  for (const Chosen& run : again.runs) EXPECT_EQ(run.candidate, 0u);
}

TEST_F(DesignTest, RefusesWithoutATargetAndSaysWhenNothingIsAffordable) {
  EXPECT_THROW(plan({.criterion = Criterion::c, .budget = 1}, {{{1}}}), InputError);
  EXPECT_THROW(plan({.criterion = Criterion::d, .budget = 1}, {{{1}, 0}}), InputError);
  const Design nothing = plan({.criterion = Criterion::d, .budget = 0.5}, {{{1}}});
  EXPECT_EQ(nothing.runs.size(), 0u);
  ASSERT_EQ(nothing.warnings.size(), 1u);
  EXPECT_NE(nothing.warnings[0].find("costs more than the budget"), std::string::npos);
}

/// Sixteen runs of a Chinchilla law whose exponents are known, on the plane of N and D.
class PlaneTest : public ::testing::Test {
 protected:
  static double truth(double n, double d) {
    return 1.7 + 400 / std::pow(n, 0.34) + 400 / std::pow(d, 0.28);
  }

  static Points runs(Rng& rng, const std::vector<std::vector<double>>& more = {}) {
    std::vector<std::vector<double>> all;
    for (const double n : {2e7, 5e7, 1e8, 2e8}) {
      for (const double ratio : {10, 20, 40, 80}) all.push_back({n, ratio * n});
    }
    all.insert(all.end(), more.begin(), more.end());
    Points points(2, all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      points.set(i, all[i], truth(all[i][0], all[i][1]) * std::exp(kNoise * rng.normal()));
    return points;
  }

  Law law_ = formula_law("E + A/N^alpha + B/D^0.28", {"N", "D"});
  static constexpr double kNoise = 0.003;
};

/// The best of all subsets, by their gains alone.
double best_of_subsets(const Fitted& fitted, const std::vector<Candidate>& candidates,
                       const DesignOptions& options) {
  double best = 0;
  for (unsigned set = 1; set < 1u << candidates.size(); ++set) {
    std::vector<Candidate> members;
    double cost = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (set >> i & 1) members.push_back(candidates[i]), cost += candidates[i].cost;
    }
    if (cost > options.budget) continue;
    DesignOptions all = options;  // every member fits, so that all of them are taken
    all.refine = false;
    best = std::max(best, next_runs(fitted, members, all).gain);
  }
  return best;
}

TEST_F(PlaneTest, FewRunsAreTheBestOfAllSubsetsAndExchangesReachIt) {
  Rng rng(3);
  const Points points = runs(rng);
  const Fitted fitted(law_, points, {.residual = Residual::log});
  ASSERT_TRUE(fitted.fit.covariance);
  int n_greedy_short = 0;
  for (int trial = 0; trial < 12; ++trial) {
    std::vector<Candidate> candidates;
    for (int i = 0; i < 9; ++i) {
      const double n = 1e8 * std::pow(30, rng.uniform()), d = n * 5 * std::pow(40, rng.uniform());
      candidates.push_back({{n, d}, 1 + 3 * rng.uniform()});
    }
    DesignOptions options{.criterion = static_cast<Criterion>(trial % 3),
                          .targets = {{7e9, 1.4e11}, {1e9, 1e12}},
                          .budget = 9};
    const Design design = next_runs(fitted, candidates, options);
    const double best = best_of_subsets(fitted, candidates, options);
    EXPECT_NEAR(design.gain, best, 1e-6 * best) << "trial " << trial;
    EXPECT_LE(design.cost, options.budget * (1 + 1e-9));
    // With some beyond the budget the sets are too many to try, and exchanges do.
    for (int i = 0; i < 9; ++i) candidates.push_back({{1e8, 1e9}, 100});
    EXPECT_NEAR(next_runs(fitted, candidates, options).gain, best, 1e-6 * best);
    n_greedy_short += design.greedy_gain < design.gain - 1e-9;
  }
  EXPECT_GT(n_greedy_short, 0);  // else the exchanges are not tested
}

/// The sets of three of 24 runs are few enough to try, though those of any size are not.
TEST_F(PlaneTest, AFewOfManyRunsAreTheBestOfAllSets) {
  Rng rng(3);
  const Fitted fitted(law_, runs(rng), {.residual = Residual::log});
  for (const Criterion criterion : {Criterion::c, Criterion::d}) {
    std::vector<Candidate> candidates;
    for (int i = 0; i < 6; ++i) {
      for (const double ratio : {5, 20, 80, 320}) {
        const double n = 1e8 * std::pow(30, i / 5.0);
        candidates.push_back({{n, ratio * n}, 1});
      }
    }
    const DesignOptions options{.criterion = criterion, .targets = {{7e9, 1.4e12}}, .budget = 3};
    double best = 0;
    for (std::size_t i = 0; i < 24; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        for (std::size_t k = 0; k < j; ++k) {
          DesignOptions all = options;
          all.refine = false;
          const std::vector<Candidate> three{candidates[i], candidates[j], candidates[k]};
          best = std::max(best, next_runs(fitted, three, all).gain);
        }
      }
    }
    EXPECT_NEAR(next_runs(fitted, candidates, options).gain, best, 1e-9 * best);
  }
}

TEST_F(PlaneTest, TheExpectedErrorIsWhatRefitsWithTheNewRunsScatterBy) {
  Rng rng(8);
  const Points points = runs(rng);
  const Fitted fitted(law_, points, {.residual = Residual::log});
  std::vector<Candidate> candidates;
  for (const double n : {2e8, 5e8, 1e9}) {
    for (const double ratio : {5, 20, 80})
      candidates.push_back({{n, ratio * n}, 6 * n * n * ratio});
  }
  const std::vector<double> target = {7e9, 1.4e11};
  const Design design = next_runs(fitted, candidates, {.targets = {target}, .budget = 2e20});
  std::vector<std::vector<double>> more;
  for (const Chosen& run : design.runs) more.push_back(candidates[run.candidate].inputs);
  const auto scatter = [&](const std::vector<std::vector<double>>& with) {
    double squares = 0;
    constexpr int kTrials = 300;
    for (int i = 0; i < kTrials; ++i) {
      const Fit again = fit(law_, runs(rng, with), {.residual = Residual::log});
      const double error =
          std::log(predict(law_, again.theta, target) / truth(target[0], target[1]));
      squares += error * error;
    }
    return std::sqrt(squares / kTrials);
  };
  // The design's noise is estimated from 13 degrees of freedom.
  const double noise = kNoise / std::sqrt(fitted.fit.covariance->residual_variance);
  EXPECT_NEAR(scatter({}) / (noise * design.targets[0].stderr_before), 1, 0.25);
  EXPECT_NEAR(scatter(more) / (noise * design.targets[0].stderr_after), 1, 0.25);
  EXPECT_LT(design.targets[0].stderr_after, 0.6 * design.targets[0].stderr_before);
}

TEST_F(PlaneTest, WarnsWhereNAndDMoveTogether) {
  const Law law = formula_law("E + A/N^0.3 + B/D^0.3", {"N", "D"});
  Points points(2, 8);
  Rng rng(2);
  for (std::size_t i = 0; i < 8; ++i) {
    const double n = 1e7 * std::pow(2.0, static_cast<double>(i));
    const double inputs[2] = {n, n * (i % 2 ? 20 : 22)};
    points.set(i, inputs, 1 + 50 * std::pow(n, -0.3) + 0.001 * rng.normal());
  }
  const Fitted found(law, points, {});
  ASSERT_TRUE(found.fit.covariance);
  const Design design = next_runs(found, {{{1e8, 2e9}}}, {.criterion = Criterion::d, .budget = 1});
  ASSERT_EQ(design.warnings.size(), 1u);
  EXPECT_NE(design.warnings[0].find("vary their ratio"), std::string::npos);
  const Design apart =
      next_runs(found, {{{1e7, 5e10}}, {{2e9, 1e9}}}, {.criterion = Criterion::d, .budget = 2});
  EXPECT_TRUE(apart.warnings.empty());
  EXPECT_LT(apart.condition_after, apart.condition_before / 3);
}

}  // namespace
}  // namespace rung::plan
