#pragma once
/// Laplace's approximation to the posterior under priors.

#include <optional>
#include <vector>

#include "rung/fit/interval/delta.hpp"

namespace rung {

/// Inverse of the objective's Hessian at its minimum, for an objective that is minus the log
/// posterior: loss and weights are those of the likelihood, the constraints hold the priors. Absent
/// where the Hessian is not positive definite. dof is large: the noise counts as known.
std::optional<Covariance> laplace_covariance(const FitProblem& problem,
                                             const std::vector<double>& theta);

}  // namespace rung
