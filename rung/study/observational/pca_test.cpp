#include "rung/study/observational/pca.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"

namespace rung::observational {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Matrix noisy(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Rng rng(seed);
  Matrix scores(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const double skill = rng.normal();
    for (std::size_t j = 0; j < columns; ++j)
      scores(i, j) = 0.5 + 0.1 * skill * static_cast<double>(j) + 0.02 * rng.normal();
  }
  return scores;
}

TEST(Pca, ScoresHaveTheExplainedVarianceAndAreUncorrelated) {
  const Matrix scores = noisy(40, 5, 1);
  const Pca found = pca(scores, {.n_components = 5});
  const Matrix values = found.scores(scores);
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(mean(values.column(k)), 0, 1e-14);
    EXPECT_NEAR(sample_variance(values.column(k)), found.explained_variance[k], 1e-14);
    for (std::size_t other = 0; other < k; ++other)
      EXPECT_NEAR(*correlation(values.column(k), values.column(other)), 0, 1e-10);
  }
  EXPECT_NEAR(std::accumulate(found.explained_variance_ratio.begin(),
                              found.explained_variance_ratio.end(), 0.0),
              1, 1e-13);
}

TEST(Pca, SignsDoNotDependOnTheTables) {
  const Matrix scores = noisy(30, 4, 2);
  Matrix mirrored = scores;
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < 4; ++j) mirrored(29 - i, j) = scores(i, j);
  }
  const Pca a = pca(scores, {.n_components = 3}), b = pca(mirrored, {.n_components = 3});
  for (std::size_t k = 0; k < 3; ++k) {
    double largest = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_NEAR(a.components(k, j), b.components(k, j), 1e-10);
      if (std::abs(a.components(k, j)) > std::abs(largest)) largest = a.components(k, j);
    }
    EXPECT_GT(largest, 0);
  }
}

TEST(Pca, StandardizedTakesNoNoticeOfUnits) {
  Matrix scores = noisy(30, 4, 3), percent = scores;
  for (std::size_t i = 0; i < 30; ++i) percent(i, 2) *= 100;
  const PcaOptions options{.n_components = 2, .standardize = true};
  const Pca a = pca(scores, options), b = pca(percent, options);
  for (std::size_t i = 0; i < a.components.values.size(); ++i)
    EXPECT_NEAR(a.components.values[i], b.components.values[i], 1e-12);
}

TEST(Pca, SparseLoadingsVanishAsTheirCostGrows) {
  const Matrix scores = noisy(40, 6, 4);
  const auto zeros = [&](double alpha) {
    const Pca found = pca(scores, {.n_components = 2, .sparse = true, .alpha = alpha});
    int n = 0;
    for (const double loading : found.components.values) n += loading == 0;
    return n;
  };
  EXPECT_EQ(zeros(1e-6), 0);
  EXPECT_GT(zeros(0.1), 0);
  EXPECT_GT(zeros(1), zeros(0.1));
}

TEST(Pca, SparseWithoutACostSpansTheComponents) {
  const Matrix scores = noisy(40, 5, 6);
  const Pca plain = pca(scores, {.n_components = 1});
  const Pca sparse = pca(scores, {.n_components = 1, .sparse = true, .alpha = 0});
  for (std::size_t j = 0; j < 5; ++j)
    EXPECT_NEAR(sparse.components(0, j), plain.components(0, j), 1e-6);
}

TEST(Pca, RefusesMoreComponentsThanThereAre) {
  EXPECT_THAT([] { pca(noisy(3, 5, 1), {.n_components = 4}); },
              ThrowsMessage<InputError>(HasSubstr("there are at most 3")));
  EXPECT_THROW(pca(noisy(9, 3, 1), {.n_components = 4}), InputError);
  EXPECT_THROW(pca(Matrix(0, 3), {.n_components = 1}), InputError);
}

}  // namespace
}  // namespace rung::observational
