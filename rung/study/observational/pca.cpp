#include "rung/study/observational/pca.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/study/observational/eigen.hpp"
#include "rung/study/observational/sparse_pca.hpp"

namespace rung::observational {
namespace {

using Eigen::Index;

void check(const Matrix& filled, const PcaOptions& options) {
  const std::size_t most = std::min(filled.n_rows, filled.n_columns);
  if (options.n_components < 1 || options.n_components > most)
    throw InputError(std::to_string(options.n_components) + " components of " +
                         std::to_string(filled.n_rows) + " models and " +
                         std::to_string(filled.n_columns) + " metrics",
                     most == 0 ? "there is nothing to take components of"
                               : "there are at most " + std::to_string(most));
  if (options.sparse && !(options.alpha >= 0))
    throw InputError("the cost of a sparse loading (alpha) must not be negative");
}

void measure_columns(const Matrix& filled, Pca& result) {
  const double n = static_cast<double>(filled.n_rows);
  for (std::size_t j = 0; j < filled.n_columns; ++j) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < filled.n_rows; ++i) sum += filled(i, j);
    const double mean = sum / n;
    for (std::size_t i = 0; i < filled.n_rows; ++i)
      squares += (filled(i, j) - mean) * (filled(i, j) - mean);
    result.mean.push_back(mean);
    const double sd = std::sqrt(squares / n);
    result.scale.push_back(result.options.standardize && sd > 1e-15 * std::abs(mean) ? sd : 1);
  }
}

RowMajor centred(const Matrix& filled, const Pca& pca) {
  RowMajor result(view(filled));
  for (Index i = 0; i < result.rows(); ++i) {
    for (Index j = 0; j < result.cols(); ++j) {
      const std::size_t column = static_cast<std::size_t>(j);
      result(i, j) = (result(i, j) - pca.mean[column]) / pca.scale[column];
    }
  }
  return result;
}

/// Positive in the largest loading; of several equally large, in the first.
void set_signs(RowMajor& components) {
  for (Index k = 0; k < components.rows(); ++k) {
    const double largest = components.row(k).cwiseAbs().maxCoeff();
    for (Index j = 0; j < components.cols(); ++j) {
      if (std::abs(components(k, j)) < largest * (1 - 1e-9)) continue;
      if (components(k, j) < 0) components.row(k) *= -1;
      break;
    }
  }
}

/// What each column of scores adds to the variance that those before explain (Zou, Hastie and
/// Tibshirani 2006, section 3.4).
Eigen::VectorXd adjusted_variances(const RowMajor& scores, double n) {
  const RowMajor middle = scores.rowwise() - scores.colwise().mean();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(middle);
  const Eigen::MatrixXd r = qr.matrixQR().triangularView<Eigen::Upper>();
  return r.diagonal().array().square() / (n - 1);
}

}  // namespace

Matrix Pca::scores(const Matrix& filled) const {
  return matrix_of(centred(filled, *this) * view(projection).transpose());
}

Pca pca(const Matrix& filled, const PcaOptions& options) {
  check(filled, options);
  Pca result;
  result.options = options;
  measure_columns(filled, result);
  const RowMajor x = centred(filled, result);
  const double n = static_cast<double>(filled.n_rows);
  const PrincipalAxes axes = principal_axes(x.transpose() * x / std::max(1.0, n - 1));
  const double total = axes.variances.sum();
  const Index k = static_cast<Index>(options.n_components);
  RowMajor components =
      options.sparse ? sparse_components(x, k, options.alpha) : RowMajor(axes.axes.topRows(k));
  set_signs(components);
  RowMajor projection = components;
  Eigen::VectorXd variances = axes.variances.head(k);
  if (options.sparse) {
    projection = sparse_projection(components);
    variances = adjusted_variances(x * projection.transpose(), n);
  }
  result.components = matrix_of(components);
  result.projection = matrix_of(projection);
  for (Index i = 0; i < k; ++i) {
    result.explained_variance.push_back(std::max(0.0, variances(i)));
    result.explained_variance_ratio.push_back(total > 0 ? std::max(0.0, variances(i)) / total : 0);
  }
  return result;
}

}  // namespace rung::observational
