#pragma once
/// What a panel's axes have to show.

#include "rung/figure/figure.hpp"
#include "rung/figure/scale.hpp"

namespace rung {

struct Extents {
  Extent x{}, y{};
};

Extents extents_of(const Panel& panel);

}  // namespace rung
