#pragma once
/// Prediction intervals of a fitted metric, from imputation on.

#include <vector>

#include "rung/study/observational/refits.hpp"

namespace rung::observational {

struct IntervalOptions {
  double level = 0.9;
  RefitOptions refits{};
};

struct PredictionInterval {
  double lower = 0, upper = 0;
};

struct MetricIntervals {
  double level = 0.9;
  std::vector<PredictionInterval> rows;  // by MetricFit::rows
  std::size_t n_refits = 0;
  /// What models differ by beyond their predictors: in the index, and in the metric itself.
  double index_noise = 0, metric_noise = 0;
  double reach = 0;  // how many of these an interval is wide to either side
};

/// Where a new model's metric lies with probability `level`.
///
/// The index of a model is uncertain by what it is in refits on resampled families (imputation,
/// components and weights all made again) and by a noise that models of equal scores have; the
/// metric has a noise of its own, too. Both noises are fitted to how models come out in refits that
/// have not seen their family, and the interval's reach is such that it holds `level` of these
/// models (conformal prediction), each weighted by how much its metric can vary: a model at the
/// floor of a sigmoid is easy to predict, and says little of one half-way up.
///
/// Absent intervals: none where fewer than 20 refits could be made.
MetricIntervals prediction_intervals(const Sample& sample, const MetricFit& fit,
                                     const IntervalOptions& options = {});

}  // namespace rung::observational
