#pragma once
/// From a figure to a scene: how large everything is and where it stands.

#include "rung/figure/figure.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

/// The whole figure is as large as its panels, labels and legend need. std::invalid_argument where
/// a layer's lists differ in length.
Scene lay_out(const Figure& figure);

}  // namespace rung
