#pragma once
/// The marks of points.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

Shape markers(const Scatter& points, const std::vector<Pixel>& places);

}  // namespace rung
