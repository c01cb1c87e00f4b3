#pragma once
/// How much of the growth that is predicted of a task has come where its runs were held out.

#include <span>
#include <vector>

#include "rung/study/ladder/signal.hpp"

namespace rung::ladder {

/// Of a test run beyond its training runs: logits over what the largest of these have reached.
struct Growth {
  double predicted = 0, actual = 0;
};

/// The share of the predicted growth that came, from 0 to 1: least squares, each fold counting
/// once. One more fold, of growth 0.17, came as predicted.
double share_of_growth(std::span<const std::vector<Growth>> folds);

/// The share of its growth that a prediction keeps where `share` came in the folds. A clear signal
/// keeps all, unless about half or less came: its runs have levelled off. Without a jump, so that
/// what moves the share by little moves the prediction by little.
double kept_share(Signal signal, double share);

}  // namespace rung::ladder
