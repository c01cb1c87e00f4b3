#pragma once
/// Scores of models on benchmarks: a row a model, a column a metric, NaN where one is missing.

#include <cstddef>
#include <span>
#include <vector>

namespace rung::observational {

/// Row-major.
struct Matrix {
  std::size_t n_rows = 0, n_columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns, double fill = 0)
      : n_rows(rows), n_columns(columns), values(rows * columns, fill) {}

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
};

}  // namespace rung::observational
