#pragma once
/// What runs of the same inputs differ in.

#include "rung/figure/figure.hpp"
#include "rung/law/law.hpp"
#include "rung/study/table/sweep.hpp"

namespace rung {

/// What each run of a sweep gives away over the value it was run with, one curve for each of up to
/// eight sweeps spread evenly, with their optima; a panel for each swept quantity. InputError
/// without sweeps.
Figure sweep_figure(const table::SweepReport& report, const Law& law);

}  // namespace rung
