#pragma once
/// Where the fit of the single-step law begins.

#include <vector>

#include "rung/fit/problem.hpp"

namespace rung::ladder {

/// Where the single-step law's fit may start: with the sigmoid's two levels given, what is left is
/// a Chinchilla law of the accuracy's logit, whose optima the grid search finds. No level is above
/// the task's maximum.
std::vector<std::vector<double>> single_step_starts(const Points& points, double maximum = 1);

}  // namespace rung::ladder
