#include "rung/figure/table/inputs.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

TEST(NumberWords, OnlyCountsLoseTheZeroBehindThePoint) {
  EXPECT_EQ(number_words(7e9), "7B");
  EXPECT_EQ(number_words(1.3e10), "13B");
  EXPECT_EQ(number_words(2.016), "2.02");
  EXPECT_EQ(number_words(10.04), "10");
}

TEST(BeyondWords, NameTheInputThatLiesFurthestOutside) {
  table::GroupPredictions group;
  group.rows.resize(2);
  EXPECT_EQ(beyond_words(std::vector{group}), "");
  group.rows[0].beyond = {{"N", 9.6}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 9.6 times beyond the data (N)");
  group.rows[1].beyond = {{"D", 96.2}, {"N", 43}};
  EXPECT_EQ(beyond_words(std::vector{group}), "; predicted up to 96 times beyond the data (D)");
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "up to 96 times beyond the data (D)");
  group.rows[1].beyond = {{"L", INFINITY, true}};
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "at 0 or less, beyond the data (L)");
  group.rows[1].beyond = {{"L", 1.0134}};
  EXPECT_EQ(beyond_words(group.rows[1].beyond), "up to 1.013 times beyond the data (L)");
}

/// Between neighbours a curve lies no further from the straight line than the eye sees.
TEST(CurveSteps, FollowACurveThatTurns) {
  const auto wave = [](double x) { return std::sin(2 * x); };
  const std::vector<double> at = curve_steps(0.1, 40, true, wave);
  EXPECT_EQ(at.front(), 0.1);
  EXPECT_NEAR(at.back(), 40, 1e-12);
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double middle = std::sqrt(at[i - 1] * at[i]);
    EXPECT_NEAR(wave(middle), (wave(at[i - 1]) + wave(at[i])) / 2, 0.02) << middle;
  }
  const auto power = [](double x) { return 1.7 + 5 * std::pow(x, -0.3); };
  EXPECT_EQ(curve_steps(1, 1e3, true, power).size(), kCurvePoints);
  EXPECT_LT(curve_steps(0.1, 40, true, [](double x) { return std::sin(1e6 * x); }).size(), 4000u);
}

TEST(InputAxis, NamesWhatALetterStandsForInEveryLaw) {
  const auto points = std::make_shared<Points>(2, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = 1 + static_cast<double>(i);
    points->set(i, std::vector<double>{x, x * x}, x + 0.01 * std::sin(5 * x));
  }
  const Fitted fitted(std::make_shared<const Law>(formula_law("a + b*D + c*S", {"D", "S"})), points,
                      FitOptions());
  EXPECT_EQ(input_axis(fitted, 0).label, "D: training tokens");
  EXPECT_EQ(input_axis(fitted, 1).label, "S");
}

TEST(InputAxis, OfTheOnlyInputSaysWhatTheUserDoes) {
  const Law& law = find_law("sigmoid");
  EXPECT_EQ(only_input_words(law, parse_mapping("C=6*N*D, L=log10(flops / 1e18)")),
            "L: log10(flops / 1e18)");
  EXPECT_EQ(only_input_words(law, parse_mapping("L=`eval/c4`")), "L: eval/c4");
  EXPECT_EQ(only_input_words(law, {}), "");
  EXPECT_EQ(only_input_words(find_law("chinchilla"), parse_mapping("N=params")), "");
}

}  // namespace
}  // namespace rung
