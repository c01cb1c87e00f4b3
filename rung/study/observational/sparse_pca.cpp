#include "rung/study/observational/sparse_pca.hpp"

#include <algorithm>
#include <cmath>

namespace rung::observational {
namespace {

constexpr double kRidge = 0.01;
constexpr int kMaxRounds = 10000;

double softened(double value, double by) {
  return std::copysign(std::max(0.0, std::abs(value) - by), value);
}

/// Coordinate descent for each metric's loadings u: |x - V'u|^2 / 2 + alpha |u|_1, which has no
/// other minimum. A metric has a row of loadings, and of `products`, x'V'; `v_gram` is V V'.
void update_loadings(const Matrix& v_gram, const Matrix& products, double alpha, Matrix& loadings) {
  double largest = 0;
  for (const double value : loadings.values) largest = std::max(largest, std::abs(value));
  for (std::size_t j = 0; j < loadings.n_rows; ++j) {
    const std::span<double> u = loadings.row(j);
    for (int round = 0; round < 1000; ++round) {
      double moved = 0;
      for (std::size_t k = 0; k < u.size(); ++k) {
        if (v_gram(k, k) <= 0) continue;
        const double rest = products(j, k) - dot(v_gram.row(k), u) + v_gram(k, k) * u[k];
        const double value = softened(rest, alpha) / v_gram(k, k);
        moved = std::max(moved, std::abs(value - u[k]));
        largest = std::max(largest, std::abs(value));
        u[k] = value;
      }
      if (moved <= 1e-15 * largest) break;
    }
  }
}

/// One round over the rows of V, each the best given the others, inside the unit ball. `x` has a
/// row a metric.
void update_scores(const Matrix& x, const Matrix& loadings, Matrix& v) {
  const Matrix a = gram(loadings);
  Matrix b = transposed_product(loadings, x);  // [components x models]
  for (std::size_t k = 0; k < v.n_rows; ++k) {
    if (a(k, k) <= 1e-12) continue;
    const std::span<double> change = b.row(k);
    for (std::size_t l = 0; l < v.n_rows; ++l) add_scaled(-a(k, l), v.row(l), change);
    add_scaled(1 / a(k, k), change, v.row(k));
    scale(1 / std::max(1.0, norm(v.row(k))), v.row(k));
  }
}

double objective_of(const Matrix& x, const Matrix& loadings, const Matrix& v, double alpha) {
  Matrix rest = product(loadings, v);
  add_scaled(-1, x, rest);
  double sum = 0;
  for (const double loading : loadings.values) sum += std::abs(loading);
  return 0.5 * squared_norm(rest.values) + alpha * sum;
}

}  // namespace

Matrix sparse_components(const Matrix& centred, std::size_t n_components, double alpha) {
  const SingularValues svd = singular_values(centred, SingularVectors::both);
  Matrix loadings = transposed(transposed(svd.v).first_rows(n_components));
  Matrix v = transposed(svd.u).first_rows(n_components);
  for (std::size_t k = 0; k < n_components; ++k) scale(svd.values[k], v.row(k));
  const Matrix x = transposed(centred);
  double before = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    update_loadings(product_transposed(v, v), product_transposed(x, v), alpha, loadings);
    update_scores(x, loadings, v);
    const double objective = objective_of(x, loadings, v, alpha);
    if (round > 0 && before - objective <= 1e-13 * before) break;
    before = objective;
  }
  Matrix components = transposed(loadings);
  for (std::size_t k = 0; k < n_components; ++k) {
    const double length = norm(components.row(k));
    if (length > 0) scale(1 / length, components.row(k));
  }
  return components;
}

Matrix sparse_projection(const Matrix& components) {
  Matrix ridged = product_transposed(components, components);
  for (std::size_t k = 0; k < ridged.n_rows; ++k) ridged(k, k) += kRidge;
  return product(cholesky_inverse(*cholesky(ridged)), components);
}

}  // namespace rung::observational
