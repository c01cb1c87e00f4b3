#include "rung/core/eigen.hpp"

namespace Eigen {

template class JacobiSVD<MatrixXd>;
template class LLT<MatrixXd>;
template class LDLT<MatrixXd>;
template class FullPivLU<MatrixXd>;
template class HouseholderQR<MatrixXd>;
template class ColPivHouseholderQR<MatrixXd>;
template class CompleteOrthogonalDecomposition<MatrixXd>;
template class SelfAdjointEigenSolver<MatrixXd>;

}  // namespace Eigen
