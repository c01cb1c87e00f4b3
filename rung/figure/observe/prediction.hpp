#pragma once
/// Predicted metrics as pictures.

#include "rung/figure/figure.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

struct PredictionLook {
  bool logits = false;  // the metric as the index that the link would need: the law is a line
};

/// A panel a fit: a row a metric and a column a predictor where there are several of both.
Figure prediction_figure(const Predictions& found, const PredictionLook& look = {});
/// What each benchmark counts in each metric, of fits from components.
Figure weights_figure(const Predictions& found);
/// The error of each predictor on the models tried, a panel a metric.
Figure errors_figure(const Predictions& found);

/// `title` is what the metric is called.
Panel prediction_panel(const Prediction& prediction, const std::string& title,
                       const PredictionLook& look = {});
/// What marks mean, of all fits together.
LegendGroup part_legend(const std::vector<Prediction>& predictions);

}  // namespace rung::observational
