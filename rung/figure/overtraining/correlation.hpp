#pragma once
/// How far errors go the way of the loss.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"

namespace rung::overtraining {

struct Study;
struct TaskCorrelation;

/// Rank correlation of error with loss, a column a training set, the error sets in the order of the
/// first one's correlation.
Figure correlation_figure(const Study& study, const std::vector<std::string>& train_sets,
                          const std::vector<std::vector<TaskCorrelation>>& correlations);

}  // namespace rung::overtraining
