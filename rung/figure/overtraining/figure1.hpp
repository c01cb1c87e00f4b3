#pragma once
/// The over-training paper's first figure.

#include "rung/figure/figure.hpp"

namespace rung {
struct Testbed;
}

namespace rung::overtraining {

struct Fits;
struct Study;

/// Left: reducible loss against compute, with the law's lines at the fewest and the most tokens per
/// parameter of the runs, and at each size. Right: error against loss. Filled marks are what was
/// measured of the fitted and the predicted runs, hollow ones what was predicted; how far off that
/// is stands beside them, of many the six furthest off. For the first training set, loss set and
/// error set of `fits`.
Figure figure1(const Testbed& testbed, const Study& study, const Fits& fits);

}  // namespace rung::overtraining
