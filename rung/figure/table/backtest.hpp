#pragma once
/// Which law predicts larger runs from smaller ones, and how far.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/law_comparison.hpp"

namespace rung {

/// Errors of single predictions and their medians over how far they extrapolate, with what is good
/// enough and what repeating the largest run's value gives; a panel a group.
Figure backtest_figure(const table::BacktestRequest& request,
                       const std::vector<table::GroupBacktest>& groups);

}  // namespace rung
