#pragma once
/// Starts for laws with kinks between terms, as max(A / N^alpha, B / D^beta).

#include <vector>

#include "rung/fit/optimum/structure.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// Parameters, natural scale, at which each term counts at some points: the scales of terms that a
/// max or a min chooses among are such that the terms are of a size, the other nonlinear parameters
/// anywhere in their spans. None for laws without such scales.
std::vector<std::vector<double>> kinked_starts(const FitProblem& problem,
                                               const Structure& structure, int n_starts);

}  // namespace rung
