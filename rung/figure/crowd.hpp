#pragma once
/// Points where a panel has many of them.

#include <cstddef>

#include "rung/figure/figure.hpp"

namespace rung {

/// From so many points in a panel on they hide each other, and the lines among them.
inline constexpr std::size_t kCrowd = 200;

/// The points as they look among all `n` of a panel: in a crowd they are the smaller and fainter,
/// the more there are, and filled, since rings would hide what lies below.
Scatter in_crowd(Scatter points, std::size_t n);

}  // namespace rung
