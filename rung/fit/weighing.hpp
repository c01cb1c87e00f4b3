#pragma once
/// Points of weight 0 count nowhere.

#include "rung/fit/points.hpp"

namespace rung {

/// How many points have a weight.
std::size_t n_weighing(const Points& points);

}  // namespace rung
