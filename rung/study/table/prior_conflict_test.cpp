#include "rung/study/table/prior_conflict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/law/formula.hpp"

namespace rung::table {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Of y = a x with n rows of x = 1: minus the log likelihood is n / (2 noise^2) (a - mean)^2.
Fitted slope_of(double mean, double noise, double prior_mean, double prior_sd) {
  constexpr std::size_t kRows = 8;
  Points points(1, kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double y = mean + (i % 2 == 0 ? noise : -noise);
    points.set(i, std::vector<double>{1.0 + static_cast<double>(i) * 1e-9}, y,
               1 / (2 * noise * noise));
  }
  auto law = std::make_shared<const Law>(formula_law("a*x", {"x"}, {}));
  return Fitted(
      law, std::make_shared<const Points>(points),
      {.constraints = {{.parameter = "a", .prior_mean = prior_mean, .prior_sd = prior_sd}}});
}

TEST(PriorConflict, IsInStandardDeviationsOfBoth) {
  constexpr double kNoise = 0.1, kPriorSd = 0.05;
  const double both = std::hypot(kNoise / std::sqrt(8.0), kPriorSd);
  EXPECT_THAT(prior_conflicts(slope_of(2, kNoise, 2 + 2.9 * both, kPriorSd)), IsEmpty());
  EXPECT_THAT(prior_conflicts(slope_of(2, kNoise, 2 + 5 * both, kPriorSd)),
              ElementsAre(HasSubstr("a: its prior and what else there is lie 5 standard "
                                    "deviations apart (without it a is 2)")));
}

}  // namespace
}  // namespace rung::table
