#pragma once
/// The options by which an observational command is told what to fit.

#include <optional>
#include <string>
#include <vector>

#include "rung/app/observe/model_inputs.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::app {

struct FitOptions {
  ModelInputs inputs;
  std::vector<std::string> y;
  std::vector<std::string> x = {"pc:3"};
  std::string form = "sigmoid-parametric";
  std::string loss = "squared";
  bool free_height = false;
  double width = 0.2;
  std::string transform;
  std::vector<std::string> ranges;
  std::string split = "cutoff", split_by = "flops";
  std::vector<std::string> cutoffs = {"84"};  // "0.5r": a share of the largest
  double test = 0.2;
  std::string hold_out;
  bool test_held_out = false, predict_missing = false;
  std::string reference, scale = "flops";
  std::string highlight;
  double level = 0.9;
  observational::ImputeOptions impute{};
  observational::PcaOptions pca{};
};

/// --y and --x, and the law between them.
void add_metric_options(Options& command, FitOptions& given);
/// Which models are learnt from.
void add_split_options(Options& command, FitOptions& given);
/// --reference, --highlight, --level.
void add_reference_options(Options& command, FitOptions& given);

/// Of options that were given, but which others leave without effect.
void warn_of_idle_options(Options& command, const FitOptions& given, CommandContext& context);

/// InputError naming the option. Warns of a metric that is predicted from itself.
observational::PredictionRequest prediction_request(const FitOptions& given, const ReadModels& read,
                                                    CommandContext& context);

}  // namespace rung::app
