#include "rung/fit/fitted.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "rung/law/law.hpp"

namespace rung {
namespace {

class FittedTest : public ::testing::Test {
 protected:
  static Points runs() {
    Rng rng(4);
    Points points(2, 20);
    std::size_t i = 0;
    for (const double n : {1e7, 1e8, 1e9, 1e10}) {
      for (const double ratio : {5.0, 20.0, 60.0, 200.0, 600.0}) {
        const double inputs[2] = {n, n * ratio};
        const double loss = 1.69 + 406.4 * std::pow(n, -0.34) + 410.7 * std::pow(n * ratio, -0.28);
        points.set(i++, inputs, loss * std::exp(0.002 * rng.normal()));
      }
    }
    return points;
  }

  const Fitted fitted_{find_law("chinchilla"), runs(), {.residual = Residual::log, .level = 0.9}};
  const std::vector<double> far_ = {7e10, 1.4e12};
};

TEST_F(FittedTest, KnowsWhatItWasFittedWith) {
  EXPECT_EQ(fitted_.fit.status, Status::certified);
  EXPECT_EQ(fitted_.fit.theta, fit(find_law("chinchilla"), runs(), fitted_.options).theta);
  EXPECT_EQ(fitted_.problem->residual(), Residual::log);
  EXPECT_EQ(fitted_.lowest, (std::vector<double>{1e7, 5e7}));
  EXPECT_EQ(fitted_.highest, (std::vector<double>{1e10, 6e12}));
  EXPECT_DOUBLE_EQ(fitted_.extrapolation(far_), 7);
  EXPECT_EQ(fitted_.criteria().n_points, 20u);
  EXPECT_TRUE(fitted_.diagnosis().condition_number);
}

TEST_F(FittedTest, CopiesOutliveWhatTheyWereCopiedFrom) {
  std::optional<Fitted> original(fitted_);
  const Fitted copy = *original;
  original.reset();
  EXPECT_EQ(&copy.problem->points(), copy.points.get());
  EXPECT_EQ(copy.interval(far_)->upper, fitted_.interval(far_)->upper);
}

TEST_F(FittedTest, SaysWhatItsIntervalsRestOn) {
  EXPECT_EQ(fitted_.interval_kind(), "delta");
  Fitted other = fitted_;
  other.use_sandwich();
  EXPECT_EQ(other.interval_kind(), "sandwich");
  EXPECT_EQ(other.interval(far_)->method, "delta-mean");
  other.draw_replicates({.n_replicates = 50, .seed = 3});
  EXPECT_EQ(other.interval_kind(), "bootstrap");
  EXPECT_EQ(other.interval(far_)->method, "bootstrap-mean");
  EXPECT_EQ(other.interval(far_)->level, 0.9);
  EXPECT_EQ(other.replicates.seed, 3u);
  EXPECT_EQ(other.replicates.values_of(2).at(7), other.replicates.theta_of(7).at(2));
  other.interval_for = IntervalFor::conformal;
  EXPECT_EQ(other.interval_kind(), "");
  EXPECT_FALSE(other.interval(far_));
}

TEST_F(FittedTest, StandardErrorsAreThoseOfTheRefits) {
  Fitted other = fitted_;
  other.use_sandwich();
  other.draw_replicates({.n_replicates = 400, .seed = 3});
  for (std::size_t p = 0; p < other.fit.parameters.size(); ++p) {
    const ParameterEstimate& estimate = other.fit.parameters[p];
    ASSERT_TRUE(estimate.stderror);
    EXPECT_NEAR(*estimate.stderror / sample_sd(other.replicates.values_of(p)), 1, 0.2);
    EXPECT_EQ(estimate.lower, other.bootstrap_interval(p)->lower);
    EXPECT_EQ(estimate.upper, other.bootstrap_interval(p)->upper);
  }
}

TEST_F(FittedTest, WithoutItsPointsThePredictionIsAsSure) {
  Fitted alone = fitted_;
  alone.points = nullptr;
  alone.problem = nullptr;
  const auto now = delta_interval(*fitted_.problem, fitted_.fit, far_, 0.9, false);
  EXPECT_NEAR(alone.interval(far_)->lower, now->lower, 1e-9);
  EXPECT_NEAR(alone.interval(far_)->upper, now->upper, 1e-9);
  const PredictionGradient with = fitted_.gradient(far_), without = alone.gradient(far_);
  EXPECT_DOUBLE_EQ(with.value, without.value);
  for (std::size_t i = 0; i < with.slope.size(); ++i)
    EXPECT_NEAR(with.slope[i], without.slope[i], 1e-12 * (1 + std::abs(with.slope[i])));
}

TEST_F(FittedTest, IntervalsReachOverThoseOfARival) {
  Fitted lower = fitted_;
  lower.points = nullptr, lower.problem = nullptr;  // so that no profile leads back to the best
  lower.fit.theta[static_cast<std::size_t>(lower.law->parameter_index("E"))] -= 0.1;
  Fitted both = fitted_;
  both.rival = std::make_shared<const Fitted>(lower);
  EXPECT_EQ(both.interval(far_)->lower, lower.interval(far_)->lower);
  EXPECT_EQ(both.interval(far_)->upper, fitted_.interval(far_)->upper);
  Points rows(2, 1);
  rows.set(0, far_, 1);
  EXPECT_EQ(both.intervals(rows)[0]->lower, lower.intervals(rows)[0]->lower);
  EXPECT_EQ(both.intervals(rows)[0]->upper, fitted_.intervals(rows)[0]->upper);
  EXPECT_EQ(both.predict(far_), fitted_.predict(far_));
  // What can be is said of the fit, and holds for both.
  const double least = (lower.interval(far_)->lower + lower.interval(far_)->upper) / 2;
  both.possible = ValueRange{least, 1e9};
  EXPECT_EQ(both.interval(far_)->lower, least);
  EXPECT_EQ(both.intervals(rows)[0]->lower, least);
  lower.fit.covariance.reset();
  both.rival = std::make_shared<const Fitted>(lower);
  EXPECT_FALSE(both.interval(far_));
}

/// With D = 20 N size and tokens can take each other's place, also where one of them explains the
/// smallest run alone and diverges: far off the line, one fit says as little as the other.
TEST(FitUnbounded, WhatFitsAsWellTakesTheIntervalAway) {
  const std::vector<double> n = {2e7, 5e7, 1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9};
  std::vector<double> d;
  for (const double size : n) d.push_back(20 * size);
  const Fitted fitted(find_law("chinchilla"),
                      Points::from_columns({n, d}, std::vector<double>{4.71, 4.04, 3.68, 3.38, 3.13,
                                                                       2.92, 2.75, 2.61}),
                      {.residual = Residual::log});
  ASSERT_EQ(fitted.fit.status, Status::unbounded);
  ASSERT_FALSE(fitted.fit.alternatives.empty());
  const Alternative& other = fitted.fit.alternatives.front();
  EXPECT_NEAR(other.objective, fitted.fit.objective, 1e-6 * fitted.fit.objective);
  const std::vector<double> long_run = {7e9, 4e12}, large_model = {2e11, 1.4e11};
  EXPECT_NEAR(predict(*fitted.law, other.theta, long_run), fitted.predict(large_model), 1e-3);
  EXPECT_NEAR(predict(*fitted.law, other.theta, large_model), fitted.predict(long_run), 1e-3);
  EXPECT_FALSE(fitted.interval(long_run));
  EXPECT_FALSE(fitted.interval(large_model));
  EXPECT_TRUE(fitted.interval(std::vector<double>{6e9, 1.2e11}));
}

TEST(PredictionTest, ErrorsHaveTheirSign) {
  EXPECT_NEAR(*(Prediction{.predicted = 1.8, .actual = 2}.relative_error()), -0.1, 1e-12);
  EXPECT_NEAR(*(Prediction{.predicted = 2.2, .actual = 2}.relative_error()), 0.1, 1e-12);
  EXPECT_FALSE((Prediction{.predicted = 2.2}.relative_error()));
  EXPECT_FALSE((Prediction{.predicted = 2.2, .actual = 0}.relative_error()));
  Prediction at{.predicted = 2.2, .actual = 2, .interval = Interval{0.9, 1.9, 2.5, "delta-mean"}};
  EXPECT_EQ(at.covered(), true);
  at.actual = 1.8;
  EXPECT_EQ(at.covered(), false);
  at.interval.reset();
  EXPECT_FALSE(at.covered());
}

}  // namespace
}  // namespace rung
