#include "rung/study/observational/predictors.hpp"

#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr double kOffset = 1e-9;
using Kind = PredictorOptions::Kind;

/// Those of which there may be several: "pc:3".
constexpr std::pair<std::string_view, Kind> kCounted[] = {
    {"pc:", Kind::components}, {"skills:", Kind::skills}, {"irt:", Kind::abilities}};

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

LatentInput latent_input(const Models& models) {
  return {.scores = models.scores,
          .families = models.families,
          .size = models.size_b,
          .tokens = models.tokens_t};
}

}  // namespace

PredictorOptions parse_predictor(std::string_view text, PredictorOptions base) {
  if (text == "size") {
    base.kind = Kind::size;
    return base;
  }
  if (text == "flops") {
    base.kind = Kind::flops;
    return base;
  }
  for (const auto& [prefix, kind] : kCounted) {
    if (!text.starts_with(prefix)) continue;
    const auto n = parse_double(text.substr(prefix.size()));
    if (!n || !(*n >= 1 && *n <= 100 && *n == std::floor(*n))) break;
    base.kind = kind;
    base.pca.n_components = static_cast<std::size_t>(*n);
    return base;
  }
  throw InputError("there is no predictor '" + std::string(text) + "'",
                   "predictors: size, flops, pc:1, pc:2, …, skills:1, …, irt:1, …");
}

std::string predictor_words(std::string_view name) {
  const PredictorOptions options = parse_predictor(name);
  const std::size_t n = options.pca.n_components;
  switch (options.kind) {
    case Kind::size:
      return "size";
    case Kind::flops:
      return "compute";
    case Kind::components:
      return counted(n, "component");
    case Kind::skills:
      return counted(n, "skill");
    case Kind::abilities:
      return std::to_string(n) + (n == 1 ? " ability" : " abilities");
  }
  return std::string(name);
}

std::string predictor_name(const PredictorOptions& options) {
  switch (options.kind) {
    case Kind::size:
      return "size";
    case Kind::flops:
      return "flops";
    case Kind::components:
    case Kind::skills:
    case Kind::abilities:
      break;
  }
  for (const auto& [prefix, kind] : kCounted) {
    if (kind == options.kind) return std::string(prefix) + std::to_string(options.pca.n_components);
  }
  return "";
}

Matrix Predictors::of(const Models& models) const {
  switch (options.kind) {
    case Kind::size:
      return logs(models.size_b);
    case Kind::flops:
      return logs(models.flops_1e21);
    case Kind::skills:
    case Kind::abilities:
      return latent->abilities(latent_input(models));
    case Kind::components:
      break;
  }
  return pca->scores(imputer->fill(models.scores));
}

Predictors learn_predictors(const Models& models, const std::vector<std::size_t>& train,
                            const PredictorOptions& options) {
  Predictors result;
  result.options = options;
  switch (options.kind) {
    case Kind::size:
      result.names = {"ln(" + models.columns.size_b + ")"};
      return result;
    case Kind::flops:
      result.names = {"ln(" + models.columns.flops_1e21 + ")"};
      return result;
    case Kind::components:
    case Kind::skills:
    case Kind::abilities:
      break;
  }
  check_metrics(models, train);
  const bool of_components = options.kind == Kind::components;
  const char* name = of_components ? "PC-" : options.kind == Kind::skills ? "skill-" : "ability-";
  for (std::size_t k = 1; k <= options.pca.n_components; ++k)
    result.names.push_back(name + std::to_string(k));
  if (!of_components) {
    result.latent = learn_latent(
        latent_input(models.rows(train)),
        {.n_abilities = options.pca.n_components, .of_families = options.kind == Kind::skills});
    return result;
  }
  const Imputed imputed = impute(models.scores.rows(train), options.impute);
  result.imputer = imputed.imputer;
  result.pca = pca(imputed.scores, options.pca);
  return result;
}

}  // namespace rung::observational
