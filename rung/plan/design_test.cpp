#include "rung/plan/design.hpp"

#include <gtest/gtest.h>

#include <cmath>

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
    return next_runs(FitProblem(law_, points_, {}, Residual::raw), fit_, candidates, options);
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
  // Fit again with the run made: X'X grows by its row.
  double n = 13, sum = 2, squares = 4;
  for (int i = 0; i < 12; ++i) sum += i / 11.0, squares += i * i / 121.0;
  const double determinant = n * squares - sum * sum;
  const double variance =
      fit_.covariance->residual_variance * (squares - 2 * 3 * sum + 9 * n) / determinant;
  EXPECT_NEAR(*found.runs[0].target_stderr, std::sqrt(variance), 1e-9);
  EXPECT_LT(*found.runs[0].target_stderr, *found.stderr_before);
}

TEST_F(DesignTest, RefusesWithoutATargetAndSaysWhenNothingIsAffordable) {
  EXPECT_THROW(plan({.criterion = Criterion::c, .budget = 1}, {{{1}}}), InputError);
  EXPECT_EQ(plan({.criterion = Criterion::d, .budget = 0.5}, {{{1}}}).runs.size(), 0u);
}

TEST(Design, WarnsWhereNAndDMoveTogether) {
  const Law law = formula_law("E + A/N^0.3 + B/D^0.3", {"N", "D"});
  Points points(2, 8);
  Rng rng(2);
  for (std::size_t i = 0; i < 8; ++i) {
    const double n = 1e7 * std::pow(2.0, static_cast<double>(i));
    const double inputs[2] = {n, n * (i % 2 ? 20 : 22)};
    points.set(i, inputs, 1 + 50 * std::pow(n, -0.3) + 0.001 * rng.normal());
  }
  const Fit found = fit(law, points);
  ASSERT_TRUE(found.covariance);
  const Design design = next_runs(FitProblem(law, points, {}, Residual::raw), found, {{{1e8, 2e9}}},
                                  {.criterion = Criterion::d, .budget = 1});
  ASSERT_EQ(design.warnings.size(), 1u);
  EXPECT_NE(design.warnings[0].find("vary their ratio"), std::string::npos);
}

}  // namespace
}  // namespace rung::plan
