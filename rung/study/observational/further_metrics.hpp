#pragma once
/// Tables of metrics of one's own, as they come, to be joined with the public models.

#include <string>
#include <vector>

#include "rung/data/table.hpp"

namespace rung::observational {

/// The same metrics with a row a model. Rows of single scores (model, task, metric, value: what
/// `rung import` writes) become columns TASK_METRIC; a column "model" takes the name
/// `model_column`; and a model that none of `public_models` is called like takes the name of the
/// one that it is short for: "Llama-2-7b" for "meta-llama/Llama-2-7b-hf". InputError for a score
/// that stands twice with different values.
Table further_metrics(const Table& table, const std::string& model_column,
                      const std::vector<std::string>& public_models);

}  // namespace rung::observational
