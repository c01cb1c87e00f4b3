#include "rung/study/observational/predictors.hpp"

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr double kOffset = 1e-9;
constexpr std::string_view kComponents = "pc:";

Matrix logs(const std::vector<double>& values) {
  Matrix result(values.size(), 1);
  for (std::size_t i = 0; i < values.size(); ++i) result(i, 0) = std::log(values[i] + kOffset);
  return result;
}

/// A metric that no model in reach has a score on has no place among the others.
void check_metrics(const Models& models, const std::vector<std::size_t>& train) {
  std::vector<Problem> problems;
  for (std::size_t j = 0; j < models.metrics.size(); ++j) {
    bool any = false;
    for (const std::size_t i : train) any = any || !std::isnan(models.scores(i, j));
    if (!any)
      problems.push_back({{},
                          "none of the " + std::to_string(train.size()) +
                              " models that are learnt from has a score in '" + models.metrics[j] +
                              "'",
                          "leave the metric out (--metrics)"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

}  // namespace

PredictorOptions parse_predictor(std::string_view text, PredictorOptions base) {
  if (text == "size") {
    base.kind = PredictorOptions::Kind::size;
    return base;
  }
  if (text == "flops") {
    base.kind = PredictorOptions::Kind::flops;
    return base;
  }
  if (text.starts_with(kComponents)) {
    const auto n = parse_double(text.substr(kComponents.size()));
    if (n && *n >= 1 && *n <= 100 && *n == std::floor(*n)) {
      base.kind = PredictorOptions::Kind::components;
      base.pca.n_components = static_cast<std::size_t>(*n);
      return base;
    }
  }
  throw InputError("there is no predictor '" + std::string(text) + "'",
                   "predictors: size, flops, pc:1, pc:2, …");
}

std::string predictor_name(const PredictorOptions& options) {
  switch (options.kind) {
    case PredictorOptions::Kind::size:
      return "size";
    case PredictorOptions::Kind::flops:
      return "flops";
    case PredictorOptions::Kind::components:
      break;
  }
  return std::string(kComponents) + std::to_string(options.pca.n_components);
}

Matrix Predictors::of(const Models& models) const {
  switch (options.kind) {
    case PredictorOptions::Kind::size:
      return logs(models.size_b);
    case PredictorOptions::Kind::flops:
      return logs(models.flops_1e21);
    case PredictorOptions::Kind::components:
      break;
  }
  return pca->scores(imputer->fill(models.scores));
}

Predictors learn_predictors(const Models& models, const std::vector<std::size_t>& train,
                            const PredictorOptions& options) {
  Predictors result;
  result.options = options;
  switch (options.kind) {
    case PredictorOptions::Kind::size:
      result.names = {"ln(" + models.columns.size_b + ")"};
      return result;
    case PredictorOptions::Kind::flops:
      result.names = {"ln(" + models.columns.flops_1e21 + ")"};
      return result;
    case PredictorOptions::Kind::components:
      break;
  }
  check_metrics(models, train);
  const Imputed imputed = impute(models.scores.rows(train), options.impute);
  result.imputer = imputed.imputer;
  result.pca = pca(imputed.scores, options.pca);
  for (std::size_t k = 1; k <= options.pca.n_components; ++k)
    result.names.push_back("PC-" + std::to_string(k));
  return result;
}

}  // namespace rung::observational
