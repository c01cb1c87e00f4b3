#pragma once
/// Matrix as Eigen sees it, for the sources of this folder.

#include "rung/core/eigen.hpp"
#include "rung/study/observational/matrix.hpp"

namespace rung::observational {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<const RowMajor> view(const Matrix& matrix) {
  return {matrix.values.data(), static_cast<Eigen::Index>(matrix.n_rows),
          static_cast<Eigen::Index>(matrix.n_columns)};
}

template <class Derived>
Matrix matrix_of(const Eigen::MatrixBase<Derived>& values) {
  Matrix result(static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols()));
  Eigen::Map<RowMajor>(result.values.data(), values.rows(), values.cols()) = values;
  return result;
}

/// Eigenvectors of a symmetric matrix as rows, the greatest eigenvalue first.
struct PrincipalAxes {
  Eigen::VectorXd variances;
  RowMajor axes;
};

inline PrincipalAxes principal_axes(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues().reverse(), solver.eigenvectors().rowwise().reverse().transpose()};
}

}  // namespace rung::observational
