#pragma once
/// The combined predictor beside what it averages and what was measured.

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {

/// A panel a target. Several tasks: a row a task. One task: a row for each way of predicting, with
/// its error in the backtest.
Figure combined_figure(const CombinedResult& result);

}  // namespace rung::ladder
