#pragma once
/// How noisy a run's last checkpoints are.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/ladder/variance.hpp"

namespace rung::ladder {

/// For each task its loss over tokens and its accuracy over loss, the last checkpoints marked.
Figure variance_figure(const std::vector<VarianceResult>& results);

}  // namespace rung::ladder
