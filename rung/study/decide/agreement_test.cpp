#include "rung/study/decide/agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "rung/core/numbers.hpp"

namespace rung::decide {
namespace {

using Values = std::vector<double>;

TEST(Agreement, PairsInOrder) {
  // Of the six pairs only (2, 3) is turned round.
  const Agreement found = agreement(Values{1, 2, 4, 3}, Values{0.1, 0.2, 0.3, 0.4});
  EXPECT_EQ(found.n_pairs, 6u);
  EXPECT_DOUBLE_EQ(*found.decision_accuracy, 5.0 / 6);
  EXPECT_DOUBLE_EQ(*found.spearman, 0.8);
}

TEST(Agreement, TiesAtTheTargetCountAsRightTiedPredictionsAsWrong) {
  EXPECT_DOUBLE_EQ(*agreement(Values{1, 2, 3}, Values{5, 5, 6}).decision_accuracy, 1);
  EXPECT_DOUBLE_EQ(*agreement(Values{1, 1, 3}, Values{5, 6, 7}).decision_accuracy, 2.0 / 3);
  // Tied in both: wrong.
  EXPECT_DOUBLE_EQ(*agreement(Values{1, 1}, Values{5, 5}).decision_accuracy, 0);
}

TEST(Agreement, LeavesOutWhatIsMissing) {
  const Agreement found = agreement(Values{1, kNaN, 3}, Values{1, 2, 3});
  EXPECT_EQ(found.n_recipes, 2u);
  EXPECT_EQ(found.n_pairs, 1u);
  EXPECT_FALSE(agreement(Values{1}, Values{1}).decision_accuracy);
}

TEST(Agreement, GainIsDiscountedByRank) {
  // Gains 0, 1/2 and 1; the prediction puts the middle one first.
  const Agreement found = agreement(Values{1, 3, 2}, Values{10, 15, 20});
  const double best = 1 + 0.5 / std::log2(3.0), ours = 0.5 + 1 / std::log2(3.0);
  EXPECT_DOUBLE_EQ(*found.ndcg, ours / best);
}

TEST(Agreement, WeightsFavourTheBest) {
  // Wrong among the bad ones only, then among the good ones only.
  const Values actual = {0, 0.1, 0.9, 1};
  EXPECT_GT(*agreement(Values{0.1, 0, 0.9, 1}, actual).weighted_pearson,
            *agreement(Values{0, 0.1, 1, 0.9}, actual).weighted_pearson);
  EXPECT_NEAR(*agreement(actual, actual).weighted_pearson, 1, 1e-12);
}

}  // namespace
}  // namespace rung::decide
