#pragma once
/// Pictures of fits of any law to any table.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/predictor.hpp"
#include "rung/study/table/sweep.hpp"

namespace rung {

/// Observations and the law over its widest input, one curve for each of up to six values of the
/// next one, with the intervals as bands; a panel a group.
Figure fit_figure(const std::vector<table::FittedGroup>& groups);

/// Residuals over predictions, outliers marked; a panel a group.
Figure residual_figure(const std::vector<table::FittedGroup>& groups);

/// The profile of each parameter, with the limit of its interval; a panel a parameter. InputError
/// where there is none.
Figure profile_figure(const std::vector<table::FittedGroup>& groups);

/// The law over a plane of its two widest inputs as lines of equal prediction, with the points.
/// InputError for a law of one input.
Figure contour_figure(const std::vector<table::FittedGroup>& groups);

/// What each run of a sweep gives away over the value it was run with, one curve for each of up to
/// eight sweeps spread evenly, with their optima; a panel for each swept quantity. InputError
/// without sweeps.
Figure sweep_figure(const table::SweepReport& report, const Law& law);

}  // namespace rung
