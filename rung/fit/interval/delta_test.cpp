#include "rung/fit/interval/delta.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/distributions.hpp"
#include "tests/support/test_laws.hpp"

namespace rung {
namespace {

/// y = a + b x by the formulas of every textbook.
struct Textbook {
  double a, b, variance, var_a, var_b, covariance, mean_x, sxx, n;
};
Textbook regression(const std::vector<double>& x, const std::vector<double>& y) {
  Textbook t{};
  t.n = static_cast<double>(x.size());
  double mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) t.mean_x += x[i] / t.n, mean_y += y[i] / t.n;
  double sxy = 0, rss = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    t.sxx += (x[i] - t.mean_x) * (x[i] - t.mean_x);
    sxy += (x[i] - t.mean_x) * (y[i] - mean_y);
  }
  t.b = sxy / t.sxx;
  t.a = mean_y - t.b * t.mean_x;
  for (std::size_t i = 0; i < x.size(); ++i) rss += std::pow(y[i] - t.a - t.b * x[i], 2);
  t.variance = rss / (t.n - 2);
  t.var_b = t.variance / t.sxx;
  t.var_a = t.variance * (1 / t.n + t.mean_x * t.mean_x / t.sxx);
  t.covariance = -t.mean_x * t.variance / t.sxx;
  return t;
}

const std::vector<double> kX = {1, 2, 3.5, 4, 6, 7.5, 9};
const std::vector<double> kY = {2.1, 3.9, 7.4, 7.7, 12.6, 14.7, 18.3};

TEST(Covariance, OfALineIsTheTextbooks) {
  const Points points = Points::from_columns({kX}, kY);
  const Fit found = fit(line(), points);
  const Textbook expected = regression(kX, kY);
  EXPECT_NEAR(found.theta[0], expected.a, 1e-12);
  EXPECT_NEAR(found.theta[1], expected.b, 1e-12);
  ASSERT_TRUE(found.covariance);
  EXPECT_EQ(found.covariance->dof, 5);
  EXPECT_NEAR(found.covariance->residual_variance, expected.variance, 1e-12);
  EXPECT_NEAR(found.covariance->matrix[0], expected.var_a, 1e-12);
  EXPECT_NEAR(found.covariance->matrix[1], expected.covariance, 1e-12);
  EXPECT_NEAR(found.covariance->matrix[3], expected.var_b, 1e-12);
}

TEST(Covariance, GivesTheParametersTheirIntervals) {
  const Points points = Points::from_columns({kX}, kY);
  const Fit found = fit(line(), points, {.level = 0.9});
  const Textbook expected = regression(kX, kY);
  const double reach = student_t_quantile(0.95, 5) * std::sqrt(expected.var_b);
  EXPECT_NEAR(found.parameters[1].stderror.value(), std::sqrt(expected.var_b), 1e-12);
  EXPECT_NEAR(found.parameters[1].lower.value(), expected.b - reach, 1e-11);
  EXPECT_NEAR(found.parameters[1].upper.value(), expected.b + reach, 1e-11);
}

TEST(DeltaInterval, OfALineIsTheTextbooks) {
  const Points points = Points::from_columns({kX}, kY);
  const Fit found = fit(line(), points);
  const FitProblem problem(line(), points, {}, Residual::raw);
  const Textbook t = regression(kX, kY);
  const double x = 20, f = t.a + t.b * x;
  const double mean_variance = t.variance * (1 / t.n + (x - t.mean_x) * (x - t.mean_x) / t.sxx);
  const double quantile = student_t_quantile(0.975, 5);
  const auto mean = delta_interval(problem, found, std::vector{x}, 0.95, false);
  ASSERT_TRUE(mean);
  EXPECT_NEAR(mean->upper, f + quantile * std::sqrt(mean_variance), 1e-10);
  const auto observation = delta_interval(problem, found, std::vector{x}, 0.95, true);
  ASSERT_TRUE(observation);
  EXPECT_NEAR(observation->lower, f - quantile * std::sqrt(mean_variance + t.variance), 1e-10);
}

TEST(DeltaInterval, HasNoVarianceWhereRoundingHidesIt) {
  const Covariance covariance{.coordinates = {0, 1}, .matrix = {1e18, -1e18, -1e18, 1e18}};
  EXPECT_EQ(variance_along(covariance, std::vector<double>{1, 0}), 1e18);
  EXPECT_EQ(variance_along(covariance, std::vector<double>{1, -1}), 4e18);
  EXPECT_FALSE(variance_along(covariance, std::vector<double>{1, 1}));
  EXPECT_EQ(variance_along(covariance, std::vector<double>{0, 0}), 0);  // of a flat law
}

TEST(Covariance, WeightsAreLikeRepeats) {
  // A point of weight 4 has the pull of four, but is one observation.
  std::vector<double> weights(kX.size(), 1), x = kX, y = kY;
  weights[2] = 4;
  for (int repeat = 0; repeat < 3; ++repeat) x.push_back(kX[2]), y.push_back(kY[2]);
  const Fit weighted = fit(line(), Points::from_columns({kX}, kY, weights));
  const Fit repeated = fit(line(), Points::from_columns({x}, y));
  EXPECT_NEAR(weighted.theta[0], repeated.theta[0], 1e-11);
  EXPECT_NEAR(weighted.theta[1], repeated.theta[1], 1e-11);
  EXPECT_EQ(weighted.covariance->dof, 5);
  EXPECT_EQ(repeated.covariance->dof, 8);
}

TEST(Covariance, LeavesOutWhatIsFixedOrAtABound) {
  const Points points = Points::from_columns({kX}, kY);
  const Fit fixed = fit(line(), points, {.constraints = {{.parameter = "a", .fixed = 0}}});
  double sxy = 0, sxx = 0;
  for (std::size_t i = 0; i < kX.size(); ++i) sxy += kX[i] * kY[i], sxx += kX[i] * kX[i];
  EXPECT_NEAR(fixed.theta[1], sxy / sxx, 1e-12);
  EXPECT_TRUE(fixed.parameters[0].fixed);
  EXPECT_FALSE(fixed.parameters[0].stderror);
  EXPECT_EQ(fixed.covariance->dof, 6);
  const Fit bounded = fit(line(), points, {.constraints = {{.parameter = "b", .upper = 1.5}}});
  EXPECT_EQ(bounded.theta[1], 1.5);
  EXPECT_FALSE(bounded.parameters[1].stderror);
  EXPECT_TRUE(bounded.parameters[0].stderror);
  // Without profiles to follow it away from there, what it may be counts.
  const Fit robust =
      fit(line(), points,
          {.loss = Loss{LossKind::huber_auto}, .constraints = {{.parameter = "b", .upper = 1.5}}});
  EXPECT_EQ(robust.theta[1], 1.5);
  EXPECT_EQ(robust.covariance->coordinates.size(), 2u);
  EXPECT_EQ(bounded.covariance->coordinates.size(), 1u);
}

/// A floor that the data push to 0 is fitted by its logarithm, which stops anywhere.
TEST(Covariance, IsTheSameWhereverAVanishingFloorStops) {
  const std::vector<double> sizes = {1, 2, 4, 8, 16, 32, 64};
  const std::vector<double> losses = {4.1, 3.2, 2.4, 1.8, 1.3, 0.9, 0.6};
  const Points points = Points::from_columns({sizes}, losses);
  Law law = find_law("compute-power");
  const auto floor = static_cast<std::size_t>(law.parameter_index("E"));
  law.info.parameters[floor].of_log = true;
  const Fit found = fit(law, points, {.residual = Residual::log});
  ASSERT_TRUE(found.covariance);
  EXPECT_LT(found.theta[floor], 1e-200);
  const FitProblem problem(law, points, {}, Residual::log);
  for (const double stop : {1e-14, 1e-60, 1e-300}) {
    std::vector<double> theta = found.theta;
    theta[floor] = stop;
    const auto covariance = covariance_at(problem, problem.coordinates_of(theta));
    ASSERT_TRUE(covariance);
    EXPECT_EQ(covariance->coordinates, found.covariance->coordinates);
    for (std::size_t i = 0; i < covariance->matrix.size(); ++i)
      EXPECT_NEAR(covariance->matrix[i], found.covariance->matrix[i],
                  1e-6 * std::abs(found.covariance->matrix[i]));
  }
}

TEST(Covariance, IsAbsentWithoutDegreesOfFreedom) {
  const Fit exact = fit(line(), Points::from_columns({{1, 2}}, std::vector{3.0, 5.0}));
  EXPECT_NEAR(exact.theta[0], 1, 1e-12);
  EXPECT_NEAR(exact.theta[1], 2, 1e-12);
  EXPECT_FALSE(exact.covariance);
}

}  // namespace
}  // namespace rung
