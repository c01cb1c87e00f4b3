#pragma once
/// The over-training paper's first figure.

#include "rung/figure/figure.hpp"

namespace rung {
struct Testbed;
}

namespace rung::overtraining {

struct Fits;
struct Study;

/// Left: reducible loss against compute, with the law's lines of constant tokens per parameter and
/// of constant size. Right: error against loss. Filled marks are measured runs that the laws were
/// fitted on, hollow ones predictions, crosses what the predicted runs measured. For the first
/// training set, loss set and error set of `fits`.
Figure figure1(const Testbed& testbed, const Study& study, const Fits& fits);

}  // namespace rung::overtraining
