#pragma once
/// Predictors side by side, each tried on families that it has not seen.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

struct PredictorErrors {
  std::string predictor;                   // "pc:3"
  std::vector<std::optional<double>> mse;  // by sample; absent where it could not be learnt
  std::optional<double> geometric_mean;    // of these, where all are there
};

struct PredictorComparison {
  std::vector<std::string> metrics;   // by sample
  std::vector<std::size_t> n_models;  // that have every predictor
  std::vector<PredictorErrors> predictors;
  std::vector<std::string> warnings;
};

/// For each sample, each predictor is learnt from all families but one (imputation, components and
/// weights alike) and predicts that one, in turn. All predictors are tried on the same models:
/// those that have each of them.
PredictorComparison compare_predictors(const std::vector<Sample>& samples,
                                       const std::vector<PredictorOptions>& predictors,
                                       const RegressionOptions& regression, int n_threads);

/// The same for the metrics, predictors and models of a request; its splits don't count.
PredictorComparison run_comparison(const Models& models, const PredictionRequest& request,
                                   int n_threads);

}  // namespace rung::observational
