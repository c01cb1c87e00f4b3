#include "rung/study/observational/sparse_pca.hpp"

#include <algorithm>
#include <cmath>

namespace rung::observational {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRidge = 0.01;
constexpr int kMaxRounds = 10000;

double softened(double value, double by) {
  return std::copysign(std::max(0.0, std::abs(value) - by), value);
}

/// Coordinate descent for each metric's loadings u: |x - V'u|^2 / 2 + alpha |u|_1, which has no
/// other minimum. `gram` is V V', `products` V x for each metric.
void update_loadings(const MatrixXd& gram, const MatrixXd& products, double alpha, MatrixXd& u) {
  for (Index j = 0; j < u.cols(); ++j) {
    for (int round = 0; round < 1000; ++round) {
      double moved = 0;
      for (Index k = 0; k < u.rows(); ++k) {
        if (gram(k, k) <= 0) continue;
        const double rest = products(k, j) - gram.row(k).dot(u.col(j)) + gram(k, k) * u(k, j);
        const double value = softened(rest, alpha) / gram(k, k);
        moved = std::max(moved, std::abs(value - u(k, j)));
        u(k, j) = value;
      }
      if (moved <= 1e-15 * u.cwiseAbs().maxCoeff()) break;
    }
  }
}

/// One round over the rows of V, each the best given the others, inside the unit ball.
void update_scores(const RowMajor& x, const MatrixXd& u, MatrixXd& v) {
  const MatrixXd a = u * u.transpose();
  const MatrixXd b = x * u.transpose();  // [models x components]
  for (Index k = 0; k < v.rows(); ++k) {
    if (a(k, k) <= 1e-12) continue;
    v.row(k) += (b.col(k).transpose() - a.row(k) * v) / a(k, k);
    v.row(k) /= std::max(1.0, v.row(k).norm());
  }
}

}  // namespace

RowMajor sparse_components(const RowMajor& centred, Index n_components, double alpha) {
  const Eigen::JacobiSVD<MatrixXd> svd(centred, Eigen::ComputeThinU | Eigen::ComputeThinV);
  MatrixXd u = svd.matrixV().leftCols(n_components).transpose();
  MatrixXd v = svd.singularValues().head(n_components).asDiagonal() *
               svd.matrixU().leftCols(n_components).transpose();
  double before = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    update_loadings(v * v.transpose(), v * centred, alpha, u);
    update_scores(centred, u, v);
    const double objective =
        0.5 * (centred - v.transpose() * u).squaredNorm() + alpha * u.cwiseAbs().sum();
    if (round > 0 && before - objective <= 1e-13 * before) break;
    before = objective;
  }
  RowMajor components = u;
  for (Index k = 0; k < components.rows(); ++k) {
    const double norm = components.row(k).norm();
    if (norm > 0) components.row(k) /= norm;
  }
  return components;
}

RowMajor sparse_projection(const RowMajor& components) {
  const Index k = components.rows();
  const MatrixXd gram = components * components.transpose() + kRidge * MatrixXd::Identity(k, k);
  return gram.ldlt().solve(components);
}

}  // namespace rung::observational
