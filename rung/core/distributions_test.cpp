#include "rung/core/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace rung {
namespace {

// The digits of the tables in Abramowitz and Stegun, chapter 26, and exact cases.

TEST(Normal, QuantilesOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-13);
  EXPECT_NEAR(normal_quantile(0.95), 1.644853626951473, 1e-13);
  EXPECT_NEAR(normal_quantile(0.995), 2.575829303548901, 1e-13);
  EXPECT_NEAR(normal_quantile(0.1), -1.281551565544600, 1e-13);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_NEAR(normal_quantile(1e-9), -5.997807015007687, 1e-11);
}

TEST(Normal, CdfAndQuantileAreInverse) {
  for (const double p : {1e-12, 1e-4, 0.02, 0.3, 0.5, 0.77, 0.999}) {
    EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-14);
  }
}

TEST(StudentT, QuantilesOfTheTables) {
  EXPECT_NEAR(student_t_quantile(0.975, 1), 12.7062047361747, 1e-10);
  EXPECT_NEAR(student_t_quantile(0.975, 2), 4.30265272974946, 1e-11);
  EXPECT_NEAR(student_t_quantile(0.95, 5), 2.01504837333302, 1e-12);
  EXPECT_NEAR(student_t_quantile(0.975, 10), 2.22813885198627, 1e-12);
  EXPECT_NEAR(student_t_quantile(0.995, 30), 2.74999565356722, 1e-12);
  EXPECT_NEAR(student_t_quantile(0.025, 10), -2.22813885198627, 1e-12);
}

TEST(StudentT, OneDegreeIsCauchyAndManyAreNormal) {
  for (const double t : {-30.0, -1.0, 0.0, 0.3, 5.0}) {
    EXPECT_NEAR(student_t_cdf(t, 1), 0.5 + std::atan(t) / std::numbers::pi, 1e-14);
    EXPECT_NEAR(student_t_cdf(t, 1e5), normal_cdf(t), 1e-5);
  }
}

TEST(IncompleteBeta, ClosedForms) {
  for (const double x : {0.0, 0.01, 0.4, 0.9, 1.0}) {
    EXPECT_NEAR(incomplete_beta(1, 1, x), x, 1e-15);
    EXPECT_NEAR(incomplete_beta(3, 1, x), x * x * x, 1e-14);
    EXPECT_NEAR(incomplete_beta(1, 4, x), 1 - std::pow(1 - x, 4), 1e-14);
    EXPECT_NEAR(incomplete_beta(0.5, 0.5, x), 2 / std::numbers::pi * std::asin(std::sqrt(x)),
                1e-13);
    EXPECT_NEAR(incomplete_beta(7.5, 20, x), 1 - incomplete_beta(20, 7.5, 1 - x), 1e-14);
  }
}

}  // namespace
}  // namespace rung
