#pragma once
/// Sparse principal components by dictionary learning (Mairal et al. 2009), for pca.cpp.

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

/// Loadings U, one row a component of length 1, that minimise |X' - U'V|^2 / 2 + alpha |U|_1 over U
/// and over V with rows of at most unit length, from the ordinary components: a descent in turns,
/// to where neither moves. `centred` is [models x metrics]. A component that alpha leaves nothing
/// of is all zero.
Matrix sparse_components(const Matrix& centred, std::size_t n_components, double alpha);

/// Rows that take centred scores to their ridge regression (0.01) on the components.
Matrix sparse_projection(const Matrix& components);

}  // namespace rung::observational
