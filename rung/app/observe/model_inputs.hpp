#pragma once
/// The options by which an observational command is told which models to read, and their reading.

#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/models.hpp"
#include "rung/study/observational/pca.hpp"

namespace rung::app {

struct ModelInputs {
  std::string data;  // a folder of published tables, or a table; "": see help data-folders
  std::string set;   // "": base; every row where `data` is a table
  std::string sets_path;
  std::vector<std::string> metrics;
  std::vector<std::string> downstream;  // further tables, of the same models
  std::vector<std::string> families;
  std::string where;
  std::string score_range = "0,1";
};

void add_model_inputs(Options& command, ModelInputs& given);
/// How scores are filled in and made components.
void add_component_options(Options& command, observational::ImputeOptions& impute,
                           observational::PcaOptions& pca);

struct ReadModels {
  observational::ModelSets sets;
  observational::ModelSet set;
  observational::Models models;
  observational::ImputeOptions impute;  // what --score-range says of scores

  /// A condition that picks the models of a list of `sets`, or the text as it stands.
  std::string condition_of(const std::string& text) const;
};

enum class MetricsFor { components, fits };

/// Warnings go to the context, as do those of what a further table has beside these models.
ReadModels read_models(const ModelInputs& given, MetricsFor use, CommandContext& context);

/// "0,1" -> two numbers, ascending. InputError naming the option.
std::pair<double, double> parse_range(const std::string& option, const std::string& text);

}  // namespace rung::app
