#include "rung/fit/outliers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace rung {
namespace {

/// Residuals of y from its mean.
WeighedResiduals about_mean(const std::vector<double>& y, bool bounded = false) {
  double mean = 0;
  for (const double value : y) mean += value / static_cast<double>(y.size());
  WeighedResiduals residuals{.residual = {},
                             .weighs = std::vector<bool>(y.size(), true),
                             .basis = Matrix(y.size(), 1),
                             .bounded = bounded};
  for (std::size_t i = 0; i < y.size(); ++i) {
    residuals.residual.push_back(y[i] - mean);
    residuals.basis(i, 0) = 1 / std::sqrt(static_cast<double>(y.size()));
  }
  return residuals;
}

std::size_t count(const std::vector<bool>& outliers) {
  return static_cast<std::size_t>(std::count(outliers.begin(), outliers.end(), true));
}

/// Rosner (1983), table 1, as in the NIST handbook (1.3.5.17.3): three outliers, of which the
/// second largest ones hide each other from tests of one at a time.
TEST(Outliers, ThreeOfRosnersDataHideEachOther) {
  const std::vector<double> y{-0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49,
                              1.49,  1.55, 1.56, 1.58, 1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91,
                              1.94,  1.96, 1.99, 2.06, 2.09, 2.10, 2.14, 2.15, 2.23, 2.24, 2.26,
                              2.35,  2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92, 2.92, 2.93,
                              3.21,  3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01};
  const std::vector<bool> outliers = outliers_among(about_mean(y));
  EXPECT_EQ(count(outliers), 3u);
  for (const std::size_t i : {51u, 52u, 53u}) EXPECT_TRUE(outliers[i]) << y[i];
}

TEST(Outliers, CleanNoiseHasOnesInOneOfTwentyCases) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise;
  for (const std::size_t n : {15u, 60u}) {
    std::size_t n_alarms = 0;
    for (int i = 0; i < 1000; ++i) {
      std::vector<double> y(n);
      for (double& value : y) value = noise(random);
      n_alarms += count(outliers_among(about_mean(y))) > 0 ? 1 : 0;
    }
    EXPECT_GT(n_alarms, 20u) << n;
    EXPECT_LT(n_alarms, 80u) << n;
  }
}

TEST(Outliers, OfAFitThatDoesNotFollowThemAllAreFound) {
  std::vector<double> residual;
  for (int i = 0; i < 55; ++i) residual.push_back(0.003 * std::sin(7.0 * i * i));
  for (int i = 0; i < 5; ++i) residual.push_back(0.06 + 0.001 * i);
  WeighedResiduals residuals = about_mean(residual, true);
  residuals.residual = residual;
  const std::vector<bool> outliers = outliers_among(residuals);
  EXPECT_EQ(count(outliers), 5u);
}

TEST(Outliers, FewPointsHaveNone) {
  EXPECT_EQ(count(outliers_among(about_mean({1, 2}))), 0u);
  EXPECT_EQ(count(outliers_among(about_mean({1, 2, 3, 100}))), 0u);
}

}  // namespace
}  // namespace rung
