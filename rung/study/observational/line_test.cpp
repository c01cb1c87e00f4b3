#include "rung/study/observational/line.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung::observational {
namespace {

TEST(Line, IsExactOnALine) {
  const auto line = fit_line({1, 2, 4}, {3, 5, 9});
  ASSERT_TRUE(line.has_value());
  EXPECT_NEAR(line->slope, 2, 1e-14);
  EXPECT_NEAR(line->intercept, 1, 1e-14);
  EXPECT_NEAR(*line->r2, 1, 1e-14);
  EXPECT_NEAR(*line->band(3, 0.95), 0, 1e-12);
}

TEST(Line, HasABandFromThreePointsOn) {
  const auto line = fit_line({0, 1, 2}, {0, 1, 0});
  // Mean 1/3, slope 0: residual variance 2/3 over one degree of freedom, t = 12.706.
  EXPECT_NEAR(*line->band(1, 0.95), 12.7062 * std::sqrt((2.0 / 3) / 3), 1e-3);
  EXPECT_FALSE(fit_line({0, 1}, {0, 1})->band(1, 0.95).has_value());
}

TEST(Line, NeedsTwoPointsThatDiffer) {
  EXPECT_FALSE(fit_line({1}, {2}).has_value());
  EXPECT_FALSE(fit_line({1, 1}, {2, 3}).has_value());
  EXPECT_FALSE(fit_line({1, std::nan("")}, {2, 3}).has_value());
  EXPECT_FALSE(fit_line({1, 2}, {3, 3})->r2.has_value());
}

TEST(Lines, OneModelFamiliesHaveNone) {
  Models models;
  models.families = {"a", "a", "a", "b"};
  models.names = {"1", "2", "3", "4"};
  models.flops_1e21 = {1, 10, 100, 10};
  const ScaleLines lines = scale_lines(models, "v", {0, 1, 2.5, 7}, "flops");
  ASSERT_EQ(lines.families.size(), 2u);
  EXPECT_NEAR(lines.families[0].line->slope, 1.25, 1e-9);
  EXPECT_FALSE(lines.families[1].line.has_value());
  EXPECT_EQ(lines.families[1].n, 1u);
  EXPECT_EQ(lines.n_in_mean, 1u);
  EXPECT_EQ(lines.pooled->n, 4u);
}

}  // namespace
}  // namespace rung::observational
