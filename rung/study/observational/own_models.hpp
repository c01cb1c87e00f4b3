#pragma once
/// Models of one's own beside the public ones.

#include <string>
#include <vector>

#include "rung/study/observational/models.hpp"

namespace rung::observational {

/// `models`, and after them the rows of `mine`: a model column, and what there is of the metrics
/// and of family, size, tokens and compute, read and checked as those of models_of() are.
/// InputError also where `mine` has a name of `models`, none of the metrics or no score on them.
Models with_own_models(const Models& models, const Table& mine, const ScoreOptions& options,
                       std::vector<std::string>& warnings);

}  // namespace rung::observational
