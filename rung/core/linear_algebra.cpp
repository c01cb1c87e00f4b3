#include "rung/core/linear_algebra.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>

namespace rung {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double kRounding = std::numeric_limits<double>::epsilon();

MatrixXd to_eigen(const Matrix& a) {
  MatrixXd result(static_cast<Index>(a.n_rows), static_cast<Index>(a.n_columns));
  for (std::size_t j = 0; j < a.n_columns; ++j) {
    double* const column = result.data() + j * a.n_rows;
    for (std::size_t i = 0; i < a.n_rows; ++i) column[i] = a(i, j);
  }
  return result;
}

Matrix from_eigen(const MatrixXd& a) {
  Matrix result(static_cast<std::size_t>(a.rows()), static_cast<std::size_t>(a.cols()));
  for (std::size_t j = 0; j < result.n_columns; ++j) {
    const double* const column = a.data() + j * result.n_rows;
    for (std::size_t i = 0; i < result.n_rows; ++i) result(i, j) = column[i];
  }
  return result;
}

std::vector<double> to_vector(const Eigen::VectorXd& v) { return {v.data(), v.data() + v.size()}; }

}  // namespace

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

double dot(std::span<const double> a, std::span<const double> b) {
  // Four sums at a time, which don't wait for each other.
  const std::size_t n = a.size(), n_in_fours = n / 4 * 4;
  double sums[4] = {};
  for (std::size_t i = 0; i < n_in_fours; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  }
  double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (std::size_t i = n_in_fours; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

double squared_norm(std::span<const double> v) { return dot(v, v); }
double norm(std::span<const double> v) { return std::sqrt(squared_norm(v)); }

void add_scaled(double factor, std::span<const double> v, std::span<double> sum) {
  for (std::size_t i = 0; i < v.size(); ++i) sum[i] += factor * v[i];
}

void scale(double factor, std::span<double> v) {
  for (double& x : v) x *= factor;
}

Matrix transposed(const Matrix& a) {
  Matrix result(a.n_columns, a.n_rows);
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    for (std::size_t j = 0; j < a.n_columns; ++j) result(j, i) = a(i, j);
  }
  return result;
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result(a.n_rows, b.n_columns);
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    for (std::size_t k = 0; k < a.n_columns; ++k) add_scaled(a(i, k), b.row(k), result.row(i));
  }
  return result;
}

std::vector<double> product(const Matrix& a, std::span<const double> x) {
  std::vector<double> result(a.n_rows);
  for (std::size_t i = 0; i < a.n_rows; ++i) result[i] = dot(a.row(i), x);
  return result;
}

Matrix transposed_product(const Matrix& a, const Matrix& b) {
  Matrix result(a.n_columns, b.n_columns);
  for (std::size_t k = 0; k < a.n_rows; ++k) {
    for (std::size_t i = 0; i < a.n_columns; ++i) add_scaled(a(k, i), b.row(k), result.row(i));
  }
  return result;
}

std::vector<double> transposed_product(const Matrix& a, std::span<const double> x) {
  std::vector<double> result(a.n_columns);
  for (std::size_t i = 0; i < a.n_rows; ++i) add_scaled(x[i], a.row(i), result);
  return result;
}

Matrix product_transposed(const Matrix& a, const Matrix& b) {
  Matrix result(a.n_rows, b.n_rows);
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    for (std::size_t j = 0; j < b.n_rows; ++j) result(i, j) = dot(a.row(i), b.row(j));
  }
  return result;
}

Matrix gram(const Matrix& a) {
  const std::size_t n = a.n_columns;
  Matrix result(n, n);
  for (std::size_t k = 0; k < a.n_rows; ++k) {
    const double* const row = a.values.data() + k * n;
    for (std::size_t i = 0; i < n; ++i) {
      double* const products = result.values.data() + i * n;
      for (std::size_t j = 0; j <= i; ++j) products[j] += row[i] * row[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) result(j, i) = result(i, j);
  }
  return result;
}

double quadratic_form(const Matrix& a, std::span<const double> x) {
  double sum = 0;
  for (std::size_t i = 0; i < a.n_rows; ++i) sum += x[i] * dot(a.row(i), x);
  return sum;
}

void add_outer(double factor, std::span<const double> v, Matrix& sum) {
  for (std::size_t i = 0; i < v.size(); ++i) add_scaled(factor * v[i], v, sum.row(i));
}

void add_scaled(double factor, const Matrix& a, Matrix& sum) {
  add_scaled(factor, a.values, sum.values);
}

std::vector<double> column_norms(const Matrix& a) {
  std::vector<double> squares(a.n_columns);
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    for (std::size_t j = 0; j < a.n_columns; ++j) squares[j] += a(i, j) * a(i, j);
  }
  for (double& square : squares) square = std::sqrt(square);
  return squares;
}

std::vector<double> centre_columns(Matrix& a) {
  std::vector<double> means(a.n_columns);
  for (std::size_t i = 0; i < a.n_rows; ++i) add_scaled(1, a.row(i), means);
  for (double& mean : means) mean /= static_cast<double>(a.n_rows);
  for (std::size_t i = 0; i < a.n_rows; ++i) add_scaled(-1, means, a.row(i));
  return means;
}

void scale_columns(std::span<const double> factors, Matrix& a) {
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    for (std::size_t j = 0; j < a.n_columns; ++j) a(i, j) *= factors[j];
  }
}

Matrix scaled_both_ways(const Matrix& a, std::span<const double> factors) {
  Matrix result = a;
  scale_columns(factors, result);
  for (std::size_t i = 0; i < a.n_rows; ++i) scale(factors[i], result.row(i));
  return result;
}

std::optional<std::vector<double>> unit_diagonal_scale(const Matrix& a) {
  std::vector<double> result;
  for (std::size_t i = 0; i < a.n_rows; ++i) {
    if (!(a(i, i) > 0) || !std::isfinite(a(i, i))) return std::nullopt;
    result.push_back(1 / std::sqrt(a(i, i)));
  }
  return result;
}

std::optional<Matrix> cholesky(const Matrix& a) {
  const std::size_t n = a.n_rows;
  Matrix lower(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = a(i, j);
      for (std::size_t k = 0; k < j; ++k) rest -= lower(i, k) * lower(j, k);
      if (i == j && !(rest > 0)) return std::nullopt;
      lower(i, j) = i == j ? std::sqrt(rest) : rest / lower(j, j);
    }
  }
  return lower;
}

std::vector<double> cholesky_solve(const Matrix& lower, std::span<const double> b) {
  std::vector<double> x(b.begin(), b.end());
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= lower(i, k) * x[k];
    x[i] /= lower(i, i);
  }
  for (std::size_t i = x.size(); i-- > 0;) {
    x[i] /= lower(i, i);
    for (std::size_t k = 0; k < i; ++k) x[k] -= lower(i, k) * x[i];
  }
  return x;
}

Matrix cholesky_inverse(const Matrix& lower) { return gram(lower_inverse(lower)); }

Matrix lower_inverse(const Matrix& lower) {
  const std::size_t n = lower.n_rows;
  Matrix inverse(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) add_scaled(-lower(i, k), inverse.row(k), inverse.row(i));
    inverse(i, i) = 1;
    for (double& value : inverse.row(i)) value /= lower(i, i);
  }
  return inverse;
}

std::vector<double> symmetric_solve(const Matrix& a, std::span<const double> b) {
  const Eigen::Map<const Eigen::VectorXd> rhs(b.data(), static_cast<Index>(b.size()));
  return to_vector(to_eigen(a).ldlt().solve(rhs));
}

SymmetricEigen symmetric_eigen(const Matrix& a) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(to_eigen(a));
  // By column there, by row here.
  return {to_vector(solver.eigenvalues()),
          {a.n_rows,
           a.n_rows,
           {solver.eigenvectors().data(),
            solver.eigenvectors().data() + solver.eigenvectors().size()}}};
}

SymmetricEigen principal_axes(const Matrix& a) {
  SymmetricEigen axes = symmetric_eigen(a);
  std::reverse(axes.values.begin(), axes.values.end());
  for (std::size_t i = 0; i < a.n_rows / 2; ++i)
    std::swap_ranges(axes.vectors.row(i).begin(), axes.vectors.row(i).end(),
                     axes.vectors.row(a.n_rows - 1 - i).begin());
  return axes;
}

std::optional<Matrix> symmetric_inverse(const Matrix& a) {
  const SymmetricEigen eigen = symmetric_eigen(a);
  const double largest = std::max(std::abs(eigen.values.front()), std::abs(eigen.values.back()));
  const double least = kRounding * static_cast<double>(a.n_rows) * largest;
  Matrix inverse(a.n_rows, a.n_rows);
  for (std::size_t k = 0; k < a.n_rows; ++k) {
    if (!(std::abs(eigen.values[k]) > least)) return std::nullopt;
    add_outer(1 / eigen.values[k], eigen.vectors.row(k), inverse);
  }
  return inverse;
}

std::size_t SingularValues::rank() const {
  const double least =
      values.empty() ? 0 : kRounding * static_cast<double>(values.size()) * values.front();
  return static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [&](double value) { return value > least; }));
}

SingularValues singular_values(const Matrix& a, SingularVectors vectors) {
  const bool left = vectors != SingularVectors::right, right = vectors != SingularVectors::left;
  const unsigned asked =
      (left ? unsigned{Eigen::ComputeThinU} : 0) | (right ? unsigned{Eigen::ComputeThinV} : 0);
  const Eigen::JacobiSVD<MatrixXd> svd(to_eigen(a), asked);
  return {to_vector(svd.singularValues()), left ? from_eigen(svd.matrixU()) : Matrix(),
          right ? from_eigen(svd.matrixV()) : Matrix()};
}

LeastSquares least_squares(const Matrix& a, const Matrix& b) {
  const Eigen::CompleteOrthogonalDecomposition<MatrixXd> decomposition(to_eigen(a));
  return {static_cast<std::size_t>(decomposition.rank()),
          from_eigen(decomposition.solve(to_eigen(b)))};
}

LeastSquares least_squares(const Matrix& a, std::span<const double> b) {
  return least_squares(a, Matrix(b.size(), 1, {b.begin(), b.end()}));
}

}  // namespace rung
