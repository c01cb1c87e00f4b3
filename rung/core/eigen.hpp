#pragma once
/// Eigen's matrices, and its decompositions compiled once (eigen.cpp) in place of once a file: each
/// costs a compiler seconds.

#include <Eigen/Dense>

namespace Eigen {

extern template class JacobiSVD<MatrixXd>;
extern template class LLT<MatrixXd>;
extern template class LDLT<MatrixXd>;
extern template class FullPivLU<MatrixXd>;
extern template class HouseholderQR<MatrixXd>;
extern template class ColPivHouseholderQR<MatrixXd>;
extern template class CompleteOrthogonalDecomposition<MatrixXd>;
extern template class SelfAdjointEigenSolver<MatrixXd>;

}  // namespace Eigen
