#pragma once
/// What runs of the same inputs differ in.

#include "rung/figure/figure.hpp"
#include "rung/law/law.hpp"
#include "rung/study/table/sweep.hpp"

namespace rung {

/// What each run of a sweep gives away over the value it was run with; a panel for each swept
/// quantity, a shade for each of up to eight inputs spread evenly. Of several sweeps of the same
/// inputs the one with the best run is bold, with its optimum, and the others are thin.
/// InputError without sweeps.
Figure sweep_figure(const table::SweepReport& report, const Law& law);

}  // namespace rung
