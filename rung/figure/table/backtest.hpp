#pragma once
/// How errors grow with extrapolation.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/backtest.hpp"

namespace rung {

/// Each rollout's absolute relative error over its extrapolation factor, and each law's median in
/// steps of a factor of two.
Figure backtest_figure(const std::vector<table::Backtest>& laws, const std::string& over);

}  // namespace rung
