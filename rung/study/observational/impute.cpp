#include "rung/study/observational/impute.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"

namespace rung::observational {
namespace {

constexpr int kMaxIterations = 10000;
/// In standard deviations of a column: what is left to move is then below rounding of the scores.
constexpr double kConverged = 1e-13;

struct Cell {
  std::size_t row, column;
};

std::vector<Cell> missing_cells(const Matrix& scores) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    for (std::size_t j = 0; j < scores.n_columns; ++j) {
      if (std::isnan(scores(i, j))) cells.push_back({i, j});
    }
  }
  return cells;
}

void measure_columns(const Matrix& scores, Imputer& imputer) {
  for (std::size_t j = 0; j < scores.n_columns; ++j) {
    double sum = 0, squares = 0, n = 0;
    for (std::size_t i = 0; i < scores.n_rows; ++i) {
      if (std::isnan(scores(i, j))) continue;
      sum += scores(i, j);
      n += 1;
    }
    if (n == 0)
      throw InputError("column " + std::to_string(j + 1) + " has no score at all",
                       "leave the metric out");
    const double mean = sum / n;
    for (std::size_t i = 0; i < scores.n_rows; ++i) {
      if (!std::isnan(scores(i, j))) squares += (scores(i, j) - mean) * (scores(i, j) - mean);
    }
    const double sd = std::sqrt(squares / n);
    imputer.mean.push_back(mean);
    // A column whose spread is rounding alone counts as constant.
    imputer.scale.push_back(sd > 1e-15 * std::abs(mean) ? sd : 1);
  }
}

/// Standardized, 0 where missing.
Matrix standardized(const Matrix& scores, const Imputer& imputer) {
  Matrix result = scores;
  for (std::size_t i = 0; i < result.n_rows; ++i) {
    for (std::size_t j = 0; j < result.n_columns; ++j) {
      double& value = result(i, j);
      value = std::isnan(value) ? 0 : (value - imputer.mean[j]) / imputer.scale[j];
    }
  }
  return result;
}

Matrix in_units_of_the_scores(Matrix result, const Imputer& imputer) {
  for (std::size_t i = 0; i < result.n_rows; ++i) {
    for (std::size_t j = 0; j < result.n_columns; ++j) {
      double& value = result(i, j);
      value = value * imputer.scale[j] + imputer.mean[j];
      if (imputer.options.boundary)
        value =
            std::clamp(value, imputer.options.boundary->first, imputer.options.boundary->second);
    }
  }
  return result;
}

void keep_what_was_there(const Matrix& scores, const ImputeOptions& options, Matrix& filled) {
  for (std::size_t i = 0; i < scores.values.size(); ++i) {
    double value = scores.values[i];
    if (std::isnan(value)) continue;
    if (options.boundary)
      value = std::clamp(value, options.boundary->first, options.boundary->second);
    filled.values[i] = value;
  }
}

/// Solves for the missing cells of one row what they must be to be reconstructed as themselves.
void fill_row(const Matrix& axes, const std::vector<double>& centre,
              const std::vector<std::size_t>& missing, std::span<double> row) {
  const std::size_t m = missing.size();
  // x_m = centre_m + V_m V' (x - centre), so (I - V_m V_m') (x_m - centre_m) = V_m V_o' (x_o -
  // c_o).
  Matrix v(m, axes.n_rows);
  std::vector<double> seen(row.begin(), row.end());
  add_scaled(-1, centre, seen);
  for (std::size_t k = 0; k < m; ++k) {
    for (std::size_t r = 0; r < axes.n_rows; ++r) v(k, r) = axes(r, missing[k]);
    seen[missing[k]] = 0;
  }
  Matrix system = Matrix::identity(m);
  add_scaled(-1, product_transposed(v, v), system);
  const LeastSquares found = least_squares(system, product(v, product(axes, seen)));
  for (std::size_t k = 0; k < m; ++k)
    row[missing[k]] = centre[missing[k]] + found.solution.values[k];
}

/// Replaces the missing cells, in order of their rows, by what the axes make of their row; how far
/// one moved at most.
double reconstruct(const std::vector<Cell>& missing, const Matrix& centred, const Imputer& imputer,
                   Matrix& filled) {
  double moved = 0;
  std::vector<double> projected;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto [row, column] = missing[i];
    if (i == 0 || missing[i - 1].row != row) projected = product(imputer.axes, centred.row(row));
    double value = imputer.centre[column];
    for (std::size_t r = 0; r < projected.size(); ++r)
      value += projected[r] * imputer.axes(r, column);
    moved = std::max(moved, std::abs(value - filled(row, column)));
    filled(row, column) = value;
  }
  return moved;
}

void check(const Matrix& scores, const ImputeOptions& options) {
  if (scores.n_rows == 0 || scores.n_columns < 2)
    throw InputError("scores of " + std::to_string(scores.n_rows) + " models on " +
                         std::to_string(scores.n_columns) + " metrics",
                     "components take at least two of each");
  const std::size_t most = std::min(scores.n_columns - 1, scores.n_rows);
  if (options.rank < 1 || options.rank > most)
    throw InputError("cannot impute with " + std::to_string(options.rank) + " components from " +
                         std::to_string(scores.n_rows) + " models and " +
                         std::to_string(scores.n_columns) + " metrics",
                     "1 to " + std::to_string(most) + " are possible");
}

}  // namespace

Matrix Imputer::fill(const Matrix& scores) const {
  Matrix filled = standardized(scores, *this);
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    std::vector<std::size_t> missing;
    for (std::size_t j = 0; j < scores.n_columns; ++j) {
      if (std::isnan(scores(i, j))) missing.push_back(j);
    }
    if (!missing.empty()) fill_row(axes, centre, missing, filled.row(i));
  }
  Matrix result = in_units_of_the_scores(std::move(filled), *this);
  keep_what_was_there(scores, options, result);
  return result;
}

Imputed impute(const Matrix& scores, const ImputeOptions& options) {
  check(scores, options);
  Imputed result;
  Imputer& imputer = result.imputer;
  imputer.options = options;
  measure_columns(scores, imputer);
  const std::vector<Cell> missing = missing_cells(scores);
  Matrix filled = standardized(scores, imputer);
  double moved = 1;
  while (true) {
    Matrix centred = filled;
    imputer.centre = centre_columns(centred);
    imputer.axes = principal_axes(gram(centred)).vectors.first_rows(options.rank);
    if (moved <= kConverged || missing.empty()) break;
    if (++imputer.n_iterations > kMaxIterations)
      throw InputError("missing scores have not converged after " + std::to_string(kMaxIterations) +
                           " reconstructions",
                       "impute with fewer components, or leave out what is mostly missing");
    moved = reconstruct(missing, centred, imputer, filled);
  }
  result.scores = in_units_of_the_scores(std::move(filled), imputer);
  keep_what_was_there(scores, options, result.scores);
  return result;
}

}  // namespace rung::observational
