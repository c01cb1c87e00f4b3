#pragma once
/// Predictions of fitted laws as a table and as JSON; what rung predict says.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::table {

/// A row a prediction; errors beside those that were measured.
TextTable predictions_table(const std::vector<GroupPredictions>& groups);

/// [{"inputs", "actual", "predicted", "interval", "extrapolation"}]
Json json_predictions(const GroupPredictions& group);

Document describe(const std::vector<GroupPredictions>& groups);

}  // namespace rung::table
