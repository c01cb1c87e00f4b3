#pragma once
/// Missing benchmark scores, filled in by iterated low-rank reconstruction.

#include <optional>
#include <utility>

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

struct ImputeOptions {
  std::size_t rank = 1;
  /// Scores are kept inside afterwards, those that were there, too; absent: they may be anything.
  std::optional<std::pair<double, double>> boundary = std::pair(0.0, 1.0);
};

/// How missing cells are filled in, learnt from the rows of one table.
struct Imputer {
  ImputeOptions options;
  std::vector<double> mean, scale;  // of each column's scores that are there
  std::vector<double> centre;       // of the standardized, filled columns
  Matrix axes;                      // [rank x columns] of the standardized, filled columns
  /// Passes until no cell moved by more than rounding. Never the most there may be: a table whose
  /// cells don't converge is an InputError.
  int n_iterations = 0;

  /// Rows of the same columns with their missing cells filled in: each the value that its row's own
  /// reconstruction gives back.
  Matrix fill(const Matrix& scores) const;
};

struct Imputed {
  Imputer imputer;
  Matrix scores;
};

/// Standardizes the columns (population standard deviation; 1 for a constant column), fills their
/// missing cells with the mean, and replaces these by their reconstruction from the first `rank`
/// principal components until it no longer changes. InputError for a column without any score, a
/// rank that is no less than the number of columns (it would change nothing) or more than the rows
/// allow, and for cells that don't converge.
Imputed impute(const Matrix& scores, const ImputeOptions& options = {});

}  // namespace rung::observational
