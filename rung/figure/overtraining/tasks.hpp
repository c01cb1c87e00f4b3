#pragma once
/// Which errors follow the loss.

#include "rung/figure/figure.hpp"

namespace rung {
struct Testbed;
}

namespace rung::overtraining {

struct Fits;
struct Study;

/// Error against loss: a panel an error set, with the law, guessing, and the runs of the first
/// training set of `fits`.
Figure task_figure(const Testbed& testbed, const Study& study, const Fits& fits);

}  // namespace rung::overtraining
