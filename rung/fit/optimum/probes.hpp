#pragma once
/// Where the predictions of two sets of parameters that fit alike are compared.

#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// Ten times the largest inputs, each alone and all together.
Points probes_of(const FitProblem& problem);

/// Whether two sets of predictions differ by more than `share`.
bool predict_differently(const std::vector<double>& f, const std::vector<double>& expected,
                         double share = 1e-4);

}  // namespace rung
