#pragma once
/// Models of one's own beside the public ones.

#include <string>
#include <vector>

#include "rung/study/observational/models.hpp"

namespace rung::observational {

/// `models`, and after them the rows of `mine`: a model column, and what there is of the metrics
/// and of family, size, tokens and compute. A metric that looks like percent (all in 0 to 100, one
/// above 1) is divided by 100 and warned of. InputError where `mine` names no model, one that is
/// among `models` already, or has none of the metrics.
Models with_own_models(const Models& models, const Table& mine, std::vector<std::string>& warnings);

}  // namespace rung::observational
