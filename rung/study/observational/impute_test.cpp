#include "rung/study/observational/impute.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"

namespace rung::observational {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// x(i) times a loading for each column, exactly of rank one.
Matrix rank_one(std::size_t rows, std::size_t columns) {
  Matrix scores(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = std::sin(1.7 * static_cast<double>(i));
    for (std::size_t j = 0; j < columns; ++j)
      scores(i, j) = 0.5 + 0.1 * x * (1 + static_cast<double>(j));
  }
  return scores;
}

TEST(Impute, RecoversTheCellsOfALowRankTable) {
  const Matrix truth = rank_one(30, 5);
  Matrix scores = truth;
  scores(3, 1) = scores(3, 2) = scores(7, 0) = scores(21, 4) = std::nan("");
  const Imputed imputed = impute(scores);
  // Means and deviations are of what is there, so the filled-in table is of rank one in units a
  // little off the truth's.
  for (std::size_t i = 0; i < truth.values.size(); ++i)
    EXPECT_NEAR(imputed.scores.values[i], truth.values[i], 2e-3);
  EXPECT_GT(imputed.imputer.n_iterations, 1);
}

TEST(Impute, LeavesWhatIsThereAsItIs) {
  Matrix scores = rank_one(12, 4);
  const Imputed whole = impute(scores);
  EXPECT_EQ(whole.scores.values, scores.values);
  EXPECT_EQ(whole.imputer.n_iterations, 0);
}

TEST(Impute, ARowOfItsOwnIsFilledInAsItWasAmongTheOthers) {
  Rng rng(5);
  Matrix scores(25, 6);
  for (double& value : scores.values) value = 0.5 + 0.1 * rng.normal();
  scores(4, 2) = scores(4, 5) = scores(9, 0) = std::nan("");
  const Imputed imputed = impute(scores, {.rank = 2});
  const Matrix again = imputed.imputer.fill(scores);
  for (std::size_t i = 0; i < scores.values.size(); ++i)
    EXPECT_NEAR(again.values[i], imputed.scores.values[i], 1e-12);
}

TEST(Impute, KeepsScoresInsideTheBoundary) {
  Matrix scores = rank_one(10, 3);
  for (std::size_t i = 0; i < 10; ++i) scores(i, 2) = scores(i, 1) * 3 - 1;
  scores(2, 2) = std::nan("");
  scores(3, 0) = 1.2;
  const Imputed bounded = impute(scores);
  EXPECT_EQ(bounded.scores(3, 0), 1);
  for (const double value : bounded.scores.values) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 1);
  }
  const Imputed free = impute(scores, {.rank = 1, .boundary = {}});
  EXPECT_EQ(free.scores(3, 0), 1.2);
}

TEST(Impute, AConstantColumnStaysConstant) {
  Matrix scores = rank_one(8, 3);
  for (std::size_t i = 0; i < 8; ++i) scores(i, 1) = 0.5;
  scores(0, 0) = scores(5, 1) = std::nan("");
  EXPECT_NEAR(impute(scores).scores(5, 1), 0.5, 1e-12);
}

TEST(Impute, RefusesWhatItCannotFillIn) {
  Matrix scores = rank_one(5, 3);
  EXPECT_THAT([&] { impute(scores, {.rank = 3}); },
              ThrowsMessage<InputError>(HasSubstr("1 to 2 are possible")));
  EXPECT_THROW(impute(scores, {.rank = 0}), InputError);
  EXPECT_THROW(impute(rank_one(5, 1)), InputError);
  for (std::size_t i = 0; i < 5; ++i) scores(i, 1) = std::nan("");
  EXPECT_THAT([&] { impute(scores); }, ThrowsMessage<InputError>(HasSubstr("column 2")));
}

}  // namespace
}  // namespace rung::observational
