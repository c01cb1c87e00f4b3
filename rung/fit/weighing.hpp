#pragma once
/// How much a point counts. Points of weight 0 count nowhere.

#include "rung/fit/problem.hpp"

namespace rung {

/// How many points have a weight.
std::size_t n_weighing(const Points& points);

/// What a point weighs as a square of its residual, where the law predicts f: its weight, and under
/// the binomial loss that by the variance f (1 - f) of one question.
double weight_of_square(const FitProblem& problem, std::size_t point, double f);

}  // namespace rung
