#pragma once
/// Abilities behind benchmark scores, as an alternative to principal components.
///
/// Each benchmark j is an item: score = guess_j + (1 - guess_j) sigmoid(slopes_j . ability +
/// offset_j), as in item response theory, which links benchmarks of different difficulty on one
/// scale and needs no imputation: a missing score is no term. The ability of a model is free
/// (irt), or what its family's intercept and its size and tokens say (skills: Maia Polo et al.
/// 2024, arXiv:2412.06540): ability = intercept_family + B (u, v, u v) with u, v the standardized
/// logs of size and tokens, B shared by all families.

#include <string>
#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

struct LatentOptions {
  std::size_t n_abilities = 2;
  /// Abilities follow from family, size and tokens; else each model has its own.
  bool of_families = false;
};

/// Scores with what abilities of families rest on.
struct LatentInput {
  Matrix scores;                      // [model x benchmark], NaN where missing
  std::vector<std::string> families;  // of_families only, as are these two
  std::vector<double> size, tokens;   // NaN where not known: the model then has no ability
};

struct Item {
  std::vector<double> slopes;
  double offset = 0, guess = 0;

  double at(const double* ability) const;
};

struct LatentModel {
  LatentOptions options;
  std::vector<Item> items;
  Matrix effects;  // of_families: B [ability x 3]
  double mean_log_size = 0, sd_log_size = 1, mean_log_tokens = 0, sd_log_tokens = 1;
  double objective = 0;
  int n_sweeps = 0;

  /// Of each model, or of each model's family, given the items: those that were learnt from are
  /// estimated as those that weren't. NaN where there is none. [model x ability]
  Matrix abilities(const LatentInput& input) const;
};

/// The squared differences of scores, with a normal prior on abilities (of families: on their
/// intercepts), descended in turns over items and abilities from the principal components of
/// scores. InputError for fewer models than abilities.
LatentModel learn_latent(const LatentInput& input, const LatentOptions& options);

}  // namespace rung::observational
