#include "rung/study/observational/impute.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/study/observational/eigen.hpp"

namespace rung::observational {
namespace {

constexpr int kMaxIterations = 10000;
/// In standard deviations of a column: what is left to move is then below rounding of the scores.
constexpr double kSettled = 1e-13;

using Eigen::Index;

struct Cell {
  Index row, column;
};

std::vector<Cell> missing_cells(const Matrix& scores) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    for (std::size_t j = 0; j < scores.n_columns; ++j) {
      if (std::isnan(scores(i, j))) cells.push_back({static_cast<Index>(i), static_cast<Index>(j)});
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
RowMajor standardized(const Matrix& scores, const Imputer& imputer) {
  RowMajor result(view(scores));
  for (Index i = 0; i < result.rows(); ++i) {
    for (Index j = 0; j < result.cols(); ++j) {
      const std::size_t column = static_cast<std::size_t>(j);
      double& value = result(i, j);
      value = std::isnan(value) ? 0 : (value - imputer.mean[column]) / imputer.scale[column];
    }
  }
  return result;
}

Matrix in_units_of_the_scores(const RowMajor& filled, const Imputer& imputer) {
  Matrix result = matrix_of(filled);
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
void fill_row(const Eigen::MatrixXd& axes, const Eigen::VectorXd& centre,
              Eigen::Ref<Eigen::VectorXd> row, const std::vector<Index>& missing) {
  const Index m = static_cast<Index>(missing.size());
  // x_m = centre_m + V_m V' (x - centre), so (I - V_m V_m') (x_m - centre_m) = V_m V_o' (x_o -
  // c_o).
  Eigen::MatrixXd v(m, axes.rows());
  Eigen::VectorXd seen = row - centre;
  for (Index k = 0; k < m; ++k) {
    v.row(k) = axes.col(missing[static_cast<std::size_t>(k)]).transpose();
    seen(missing[static_cast<std::size_t>(k)]) = 0;
  }
  const Eigen::MatrixXd system = Eigen::MatrixXd::Identity(m, m) - v * v.transpose();
  const Eigen::VectorXd solution =
      system.completeOrthogonalDecomposition().solve(v * (axes * seen));
  for (Index k = 0; k < m; ++k) {
    const Index j = missing[static_cast<std::size_t>(k)];
    row(j) = centre(j) + solution(k);
  }
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
  RowMajor filled = standardized(scores, *this);
  const Eigen::MatrixXd components = view(axes);
  const Eigen::VectorXd middle =
      Eigen::Map<const Eigen::VectorXd>(centre.data(), static_cast<Index>(centre.size()));
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    std::vector<Index> missing;
    for (std::size_t j = 0; j < scores.n_columns; ++j) {
      if (std::isnan(scores(i, j))) missing.push_back(static_cast<Index>(j));
    }
    if (missing.empty()) continue;
    Eigen::VectorXd row = filled.row(static_cast<Index>(i));
    fill_row(components, middle, row, missing);
    filled.row(static_cast<Index>(i)) = row;
  }
  Matrix result = in_units_of_the_scores(filled, *this);
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
  RowMajor filled = standardized(scores, imputer);
  const Index rank = static_cast<Index>(options.rank);
  RowMajor axes;
  Eigen::RowVectorXd centre;
  double moved = 1;
  while (true) {
    centre = filled.colwise().mean();
    const Eigen::MatrixXd centred = filled.rowwise() - centre;
    axes = principal_axes(centred.transpose() * centred).axes.topRows(rank);
    if (moved <= kSettled || missing.empty()) break;
    if (++imputer.n_iterations > kMaxIterations)
      throw InputError("missing scores have not converged after " + std::to_string(kMaxIterations) +
                           " reconstructions",
                       "impute with fewer components, or leave out what is mostly missing");
    const Eigen::MatrixXd projected = centred * axes.transpose();
    moved = 0;
    for (const Cell& cell : missing) {
      const double value = centre(cell.column) + projected.row(cell.row).dot(axes.col(cell.column));
      moved = std::max(moved, std::abs(value - filled(cell.row, cell.column)));
      filled(cell.row, cell.column) = value;
    }
  }
  imputer.centre.assign(centre.data(), centre.data() + centre.size());
  imputer.axes = matrix_of(axes);
  result.scores = in_units_of_the_scores(filled, imputer);
  keep_what_was_there(scores, options, result.scores);
  return result;
}

}  // namespace rung::observational
