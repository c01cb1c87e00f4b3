#include "rung/study/observational/pca.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/study/observational/sparse_pca.hpp"

namespace rung::observational {
namespace {

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

Matrix centred(const Matrix& filled, const Pca& pca) {
  Matrix result = filled;
  for (std::size_t i = 0; i < result.n_rows; ++i) {
    for (std::size_t j = 0; j < result.n_columns; ++j)
      result(i, j) = (result(i, j) - pca.mean[j]) / pca.scale[j];
  }
  return result;
}

/// Positive in the largest loading; of several equally large, in the first.
void set_signs(Matrix& components) {
  for (std::size_t k = 0; k < components.n_rows; ++k) {
    double largest = 0;
    for (const double loading : components.row(k)) largest = std::max(largest, std::abs(loading));
    for (const double loading : components.row(k)) {
      if (std::abs(loading) < largest * (1 - 1e-9)) continue;
      if (loading < 0) scale(-1, components.row(k));
      break;
    }
  }
}

/// What each column of scores adds to the variance that those before explain (Zou, Hastie and
/// Tibshirani 2006, section 3.4).
std::vector<double> adjusted_variances(Matrix scores, double n) {
  centre_columns(scores);
  Matrix rest = transposed(scores);  // what those before leave of each (Gram and Schmidt)
  std::vector<double> variances;
  for (std::size_t k = 0; k < rest.n_rows; ++k) {
    const double squares = squared_norm(rest.row(k));
    variances.push_back(squares / (n - 1));
    if (!(squares > 0)) continue;
    for (std::size_t l = k + 1; l < rest.n_rows; ++l)
      add_scaled(-dot(rest.row(k), rest.row(l)) / squares, rest.row(k), rest.row(l));
  }
  return variances;
}

}  // namespace

Matrix Pca::scores(const Matrix& filled) const {
  return product_transposed(centred(filled, *this), projection);
}

Pca pca(const Matrix& filled, const PcaOptions& options) {
  check(filled, options);
  Pca result;
  result.options = options;
  measure_columns(filled, result);
  const Matrix x = centred(filled, result);
  const double n = static_cast<double>(filled.n_rows);
  Matrix covariance = gram(x);
  scale(1 / std::max(1.0, n - 1), covariance.values);
  const SymmetricEigen axes = principal_axes(covariance);
  const double total = std::accumulate(axes.values.begin(), axes.values.end(), 0.0);
  const std::size_t k = options.n_components;
  result.components =
      options.sparse ? sparse_components(x, k, options.alpha) : axes.vectors.first_rows(k);
  set_signs(result.components);
  result.projection = result.components;
  std::vector<double> variances = axes.values;
  if (options.sparse) {
    result.projection = sparse_projection(result.components);
    variances = adjusted_variances(product_transposed(x, result.projection), n);
  }
  for (std::size_t i = 0; i < k; ++i) {
    result.explained_variance.push_back(std::max(0.0, variances[i]));
    result.explained_variance_ratio.push_back(total > 0 ? std::max(0.0, variances[i]) / total : 0);
  }
  return result;
}

}  // namespace rung::observational
