#pragma once
/// A metric to be predicted, as a column of the models' table.

#include <string>
#include <vector>

#include "rung/study/observational/models.hpp"

namespace rung::observational {

/// The models with a column named `metric`: it is there, or `metric` is an expression over columns
/// ("`ABench-OA` / 10"), which is then evaluated. A column that looks like percent (see
/// models_of()) is divided by 100 where `shares` is set, and scores then outside 0 to 1 are warned
/// of: a sigmoid doesn't reach them. InputError with the nearest names for what is neither column
/// nor expression.
Models with_metric(Models models, const std::string& metric, bool shares,
                   std::vector<std::string>& warnings);

}  // namespace rung::observational
