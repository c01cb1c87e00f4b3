#pragma once
/// Principal capability measures: principal components of models' benchmark scores.

#include <optional>
#include <string>
#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

struct PcaOptions {
  std::size_t n_components = 5;
  /// Divide each metric by its standard deviation first; else those that vary most count most.
  bool standardize = false;
  /// Loadings of which many are zero, each at the cost `alpha` of its size.
  bool sparse = false;
  double alpha = 0.1;
};

/// Components, and how a model's scores become its values of them.
struct Pca {
  PcaOptions options;
  std::vector<double> mean, scale;  // of each metric; scale 1 where nothing is standardized
  Matrix components;                // [component x metric]: the loadings
  /// Of the scores along each component, with n - 1 in the denominator, and as a share of the
  /// whole. Those of sparse components, which overlap, are what each adds to the ones before.
  std::vector<double> explained_variance, explained_variance_ratio;
  /// What scores(row) multiplies the centred metrics by: the components, or for sparse ones, which
  /// are not at right angles, a ridge regression on them.
  Matrix projection;

  Matrix scores(const Matrix& filled) const;
};

/// Of scores without a missing cell. A component's sign is that which makes its largest loading
/// positive. InputError for more components than there are models or metrics.
Pca pca(const Matrix& filled, const PcaOptions& options = {});

}  // namespace rung::observational
