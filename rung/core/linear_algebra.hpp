#pragma once
/// Dense matrices with few columns and what is computed from them. Vectors are std::vector<double>.
/// The decompositions are Eigen's; its headers, which cost a compiler many seconds, are known to
/// linear_algebra.cpp alone.

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace rung {

/// Row-major.
struct Matrix {
  std::size_t n_rows = 0, n_columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns, double fill = 0)
      : n_rows(rows), n_columns(columns), values(rows * columns, fill) {}
  Matrix(std::size_t rows, std::size_t columns, std::vector<double> by_row)
      : n_rows(rows), n_columns(columns), values(std::move(by_row)) {}
  static Matrix identity(std::size_t n) {
    Matrix result(n, n);
    for (std::size_t i = 0; i < n; ++i) result(i, i) = 1;
    return result;
  }

  double& operator()(std::size_t row, std::size_t column) {
    return values[row * n_columns + column];
  }
  double operator()(std::size_t row, std::size_t column) const {
    return values[row * n_columns + column];
  }
  std::span<const double> row(std::size_t i) const {
    return std::span(values).subspan(i * n_columns, n_columns);
  }
  std::span<double> row(std::size_t i) {
    return std::span(values).subspan(i * n_columns, n_columns);
  }
  std::vector<double> column(std::size_t j) const {
    std::vector<double> result(n_rows);
    for (std::size_t i = 0; i < n_rows; ++i) result[i] = (*this)(i, j);
    return result;
  }
  Matrix rows(std::span<const std::size_t> which) const {
    Matrix result(which.size(), n_columns);
    for (std::size_t i = 0; i < which.size(); ++i) {
      for (std::size_t j = 0; j < n_columns; ++j) result(i, j) = (*this)(which[i], j);
    }
    return result;
  }
  Matrix first_rows(std::size_t n) const {
    return {n, n_columns, {values.data(), values.data() + n * n_columns}};
  }
};

// Vectors.

bool all_finite(std::span<const double> values);
double dot(std::span<const double> a, std::span<const double> b);
double squared_norm(std::span<const double> v);
double norm(std::span<const double> v);
/// sum += factor v
void add_scaled(double factor, std::span<const double> v, std::span<double> sum);
/// v *= factor
void scale(double factor, std::span<double> v);

// Products.

Matrix transposed(const Matrix& a);
/// A B
Matrix product(const Matrix& a, const Matrix& b);
/// A x
std::vector<double> product(const Matrix& a, std::span<const double> x);
/// A' B
Matrix transposed_product(const Matrix& a, const Matrix& b);
/// A' x
std::vector<double> transposed_product(const Matrix& a, std::span<const double> x);
/// A B'
Matrix product_transposed(const Matrix& a, const Matrix& b);
/// A' A, the products of the columns
Matrix gram(const Matrix& a);
/// x' A x
double quadratic_form(const Matrix& a, std::span<const double> x);
/// sum += factor v v'
void add_outer(double factor, std::span<const double> v, Matrix& sum);
/// sum += factor A
void add_scaled(double factor, const Matrix& a, Matrix& sum);

// Scales.

std::vector<double> column_norms(const Matrix& a);
/// Means of the columns, which are subtracted.
std::vector<double> centre_columns(Matrix& a);
void scale_columns(std::span<const double> factors, Matrix& a);
/// D A D with the factors as the diagonal of D.
Matrix scaled_both_ways(const Matrix& a, std::span<const double> factors);
/// 1 / sqrt of the diagonal, which makes that of scaled_both_ways() 1; absent where an element of
/// the diagonal is not positive and finite.
std::optional<std::vector<double>> unit_diagonal_scale(const Matrix& a);

// Decompositions and solutions.

/// The lower triangle L of A = L L', of which the lower triangle is read; absent where A is not
/// positive definite.
std::optional<Matrix> cholesky(const Matrix& a);
/// A^-1 b of A = L L'.
std::vector<double> cholesky_solve(const Matrix& lower, std::span<const double> b);
/// A^-1 of A = L L'.
Matrix cholesky_inverse(const Matrix& lower);
/// L^-1 of a lower triangle.
Matrix lower_inverse(const Matrix& lower);

/// A^-1 b of a symmetric A, definite or nearly so, of which the lower triangle is read: L D L' with
/// pivots from the diagonal.
std::vector<double> symmetric_solve(const Matrix& a, std::span<const double> b);

/// Of a symmetric matrix, of which the lower triangle is read.
struct SymmetricEigen {
  std::vector<double> values;  // ascending
  Matrix vectors;              // a row each
};
SymmetricEigen symmetric_eigen(const Matrix& a);
/// The greatest eigenvalue first.
SymmetricEigen principal_axes(const Matrix& a);
/// Absent where the matrix is singular to rounding.
std::optional<Matrix> symmetric_inverse(const Matrix& a);

/// A = U diag(values) V' with as many columns in U and V as A has rows or columns, whichever are
/// fewer.
struct SingularValues {
  std::vector<double> values;  // descending
  Matrix u, v;                 // where asked for

  /// How many differ from 0 by more than rounding.
  std::size_t rank() const;
};
enum class SingularVectors { left, right, both };
SingularValues singular_values(const Matrix& a, SingularVectors vectors);

/// Of all X that minimise |A X - B|^2 the one with the least |X|^2.
struct LeastSquares {
  std::size_t rank = 0;  // of A, to rounding
  Matrix solution;       // a column for each of B
};
LeastSquares least_squares(const Matrix& a, const Matrix& b);
LeastSquares least_squares(const Matrix& a, std::span<const double> b);

}  // namespace rung
