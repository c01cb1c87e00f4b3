#include "rung/core/linear_algebra.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rung/core/numbers.hpp"
#include "rung/core/rng.hpp"

namespace rung {
namespace {

Matrix drawn(std::size_t n_rows, std::size_t n_columns, std::uint64_t stream) {
  Rng rng(7, stream);
  Matrix result(n_rows, n_columns);
  for (double& value : result.values) value = rng.normal();
  return result;
}

void expect_near(const Matrix& a, const Matrix& b, double tolerance = 1e-12) {
  ASSERT_EQ(a.n_rows, b.n_rows);
  ASSERT_EQ(a.n_columns, b.n_columns);
  for (std::size_t k = 0; k < a.values.size(); ++k)
    EXPECT_NEAR(a.values[k], b.values[k], tolerance) << "element " << k;
}

/// U diag(values) V'
Matrix composed(Matrix u, const std::vector<double>& values, const Matrix& v) {
  scale_columns(values, u);
  return product_transposed(u, v);
}

TEST(LinearAlgebra, ProductsByHand) {
  const Matrix a(2, 3, {1, 2, 3, 4, 5, 6}), b(3, 2, {1, 0, 2, 1, 0, 3});
  expect_near(product(a, b), {2, 2, {5, 11, 14, 23}});
  expect_near(transposed(a), {3, 2, {1, 4, 2, 5, 3, 6}});
  EXPECT_EQ(product(a, std::vector<double>{1, 0, -1}), (std::vector<double>{-2, -2}));
  EXPECT_EQ(quadratic_form(Matrix(2, 2, {2, 1, 1, 3}), std::vector<double>{1, 2}), 18);
  Matrix sum = Matrix::identity(2);
  add_outer(2, std::vector<double>{1, 3}, sum);
  expect_near(sum, {2, 2, {3, 6, 6, 19}});
}

TEST(LinearAlgebra, ProductsWithTransposesAreThoseOfTheTransposed) {
  const Matrix a = drawn(5, 3, 1), b = drawn(5, 4, 2), c = drawn(2, 3, 3);
  expect_near(transposed_product(a, b), product(transposed(a), b));
  expect_near(product_transposed(a, c), product(a, transposed(c)));
  expect_near(gram(a), product(transposed(a), a));
  const std::vector<double> x = b.column(0);
  expect_near({3, 1, transposed_product(a, x)}, {3, 1, product(transposed(a), x)});
}

TEST(LinearAlgebra, ScalesAndCentres) {
  Matrix a(2, 2, {3, 1, 4, 5});
  EXPECT_EQ(column_norms(a)[0], 5);
  EXPECT_EQ(centre_columns(a), (std::vector<double>{3.5, 3}));
  expect_near(a, {2, 2, {-0.5, -2, 0.5, 2}});
  const Matrix covariance(2, 2, {4, 3, 3, 9});
  const auto per_sd = unit_diagonal_scale(covariance);
  ASSERT_TRUE(per_sd);
  expect_near(scaled_both_ways(covariance, *per_sd), {2, 2, {1, 0.5, 0.5, 1}});
  EXPECT_FALSE(unit_diagonal_scale(Matrix(2, 2, {1, 0, 0, -1})));
  EXPECT_FALSE(unit_diagonal_scale(Matrix(2, 2, {1, 0, 0, kNaN})));
}

TEST(LinearAlgebra, CholeskySolvesAndInverts) {
  const Matrix a = gram(drawn(9, 4, 4));
  const auto lower = cholesky(a);
  ASSERT_TRUE(lower);
  expect_near(product_transposed(*lower, *lower), a);
  expect_near(product(a, cholesky_inverse(*lower)), Matrix::identity(4));
  expect_near(product(*lower, lower_inverse(*lower)), Matrix::identity(4));
  const std::vector<double> b{1, -2, 3, 4};
  expect_near({4, 1, product(a, cholesky_solve(*lower, b))}, {4, 1, b});
  expect_near({4, 1, product(a, symmetric_solve(a, b))}, {4, 1, b});
}

TEST(LinearAlgebra, CholeskyOfWhatIsNotPositiveDefiniteIsAbsent) {
  EXPECT_FALSE(cholesky(Matrix(2, 2, {1, 2, 2, 1})));
  EXPECT_FALSE(cholesky(Matrix(2, 2, {0, 0, 0, 1})));
  EXPECT_FALSE(cholesky(Matrix(2, 2, {1, kNaN, kNaN, 1})));
}

TEST(LinearAlgebra, EigenvectorsAreRowsByAscendingEigenvalue) {
  const Matrix a = gram(drawn(8, 5, 5));
  const SymmetricEigen eigen = symmetric_eigen(a);
  EXPECT_TRUE(std::is_sorted(eigen.values.begin(), eigen.values.end()));
  expect_near(product_transposed(eigen.vectors, eigen.vectors), Matrix::identity(5));
  expect_near(composed(transposed(eigen.vectors), eigen.values, transposed(eigen.vectors)), a);
}

TEST(LinearAlgebra, InverseOfSingularMatrixIsAbsent) {
  const Matrix indefinite(2, 2, {1, 2, 2, 1});
  const auto inverse = symmetric_inverse(indefinite);
  ASSERT_TRUE(inverse);
  expect_near(product(indefinite, *inverse), Matrix::identity(2));
  EXPECT_FALSE(symmetric_inverse(gram(drawn(3, 4, 6))));
}

TEST(LinearAlgebra, SingularValuesOfTallAndWide) {
  for (const auto& a : {drawn(7, 3, 7), drawn(3, 7, 8)}) {
    const SingularValues svd = singular_values(a, SingularVectors::both);
    EXPECT_TRUE(std::is_sorted(svd.values.rbegin(), svd.values.rend()));
    EXPECT_EQ(svd.rank(), 3u);
    expect_near(composed(svd.u, svd.values, svd.v), a);
    expect_near(singular_values(a, SingularVectors::left).u, svd.u);
    expect_near(singular_values(a, SingularVectors::right).v, svd.v);
  }
  EXPECT_EQ(singular_values(product(drawn(6, 2, 9), drawn(2, 4, 10)), SingularVectors::left).rank(),
            2u);
}

TEST(LinearAlgebra, LeastSquaresLeavesAResidualAtRightAnglesToTheColumns) {
  const Matrix a = drawn(8, 3, 11);
  const std::vector<double> b = drawn(8, 1, 12).values;
  const LeastSquares found = least_squares(a, b);
  EXPECT_EQ(found.rank, 3u);
  std::vector<double> rest = b;
  add_scaled(-1, product(a, found.solution.values), rest);
  expect_near({3, 1, transposed_product(a, rest)}, {3, 1});
}

TEST(LinearAlgebra, OfManyLeastSquaresTheShortest) {
  const LeastSquares found = least_squares(Matrix(2, 2, {1, 2, 2, 4}), std::vector<double>{5, 10});
  EXPECT_EQ(found.rank, 1u);
  expect_near(found.solution, {2, 1, {1, 2}});
}

}  // namespace
}  // namespace rung
