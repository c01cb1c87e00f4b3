#pragma once
/// Whether the rows go the way that a law can go.

#include <string>

#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung::table {

/// In words, for a law that falls with all of its inputs whatever its parameters (a floor plus
/// power terms of positive scales and exponents) where y rises with them: that no parameters help,
/// and which built-in laws of the same inputs rise. "" for other laws and rows. Rows rise where y
/// and the sum of the inputs' logarithms have a rank correlation above a half.
std::string direction_doubt(const Law& law, const Points& points);

}  // namespace rung::table
