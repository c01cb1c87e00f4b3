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
/// Two fits chained, with what each predicts; results are the second's.
Document describe(const std::vector<GroupPredictions>& first, const std::string& first_y,
                  const std::vector<GroupPredictions>& then, const std::string& then_y);

}  // namespace rung::table
