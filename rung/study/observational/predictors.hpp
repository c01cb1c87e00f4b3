#pragma once
/// What a metric is predicted from: model size, training compute, principal components of benchmark
/// scores, or abilities behind them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/latent.hpp"
#include "rung/study/observational/models.hpp"
#include "rung/study/observational/pca.hpp"

namespace rung::observational {

struct PredictorOptions {
  enum class Kind {
    size,
    flops,
    components,  // of the scores
    skills,      // of families (LatentOptions)
    abilities,   // of single models
  };
  Kind kind = Kind::components;
  ImputeOptions impute{};
  PcaOptions pca{.n_components = 3};  // n_components also of skills and abilities
};

/// "size", "flops", "pc:3", "skills:2", "irt:2". InputError for anything else.
PredictorOptions parse_predictor(std::string_view text, PredictorOptions base = {});
std::string predictor_name(const PredictorOptions& options);
/// A predictor's name for people: "compute", "3 components", "1 skill", "2 abilities".
std::string predictor_words(std::string_view name);

struct Predictors {
  PredictorOptions options;
  std::vector<std::string> names;  // "PC-1", …; "ln(FLOPs (1E21))"
  std::optional<Imputer> imputer;  // of components
  std::optional<Pca> pca;
  std::optional<LatentModel> latent;  // of skills and abilities

  /// [model x predictor]; NaN where one is missing.
  Matrix of(const Models& models) const;
};

/// Learnt from these rows alone: how scores are standardized, filled in and turned into components.
/// Size and compute are ln(x + 1e-9).
Predictors learn_predictors(const Models& models, const std::vector<std::size_t>& train,
                            const PredictorOptions& options);

}  // namespace rung::observational
