#pragma once
/// How far errors go the way of the loss.

#include "rung/figure/figure.hpp"

namespace rung::overtraining {

struct CorrelationResult;
struct Study;

/// Rank correlation of error with loss, a column a training set, the error sets in the order of the
/// first one's correlation.
Figure correlation_figure(const Study& study, const CorrelationResult& result);

}  // namespace rung::overtraining
