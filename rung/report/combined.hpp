#pragma once
/// The combined predictor's results and a ladder's diagnosis, for people and for programs.

#include <string>
#include <vector>

#include "rung/report/json.hpp"
#include "rung/report/text_table.hpp"

namespace rung::ladder {

struct CombinedResult;
struct TaskDiagnosis;

/// A row a task (and their mean): the backtest's error, then for each target its actual, predicted,
/// error and interval.
TextTable combined_table(const CombinedResult& result);

/// "3.75% at 7B-4T, 3.42% at 13B-5T": mean |relative error|; "" where nothing is known of any.
std::string mean_errors_text(const CombinedResult& result);

/// What each member predicts for one target (by its place among the targets): a row a task, a
/// column a member, a last row with each member's backtest error.
TextTable members_table(const CombinedResult& result, std::size_t target);

/// Both, for every target, with what the intervals carry and what they can't.
std::string combined_text(const CombinedResult& result);

/// An element a task: {"task", "method", "fits": null, "targets": [as `rung ladder predict`, with
/// "members": {name: predicted} and "interval_parts"], "backtest_error", "members": [{"name",
/// "title", "backtest_error"}], "notes"}.
Json json_combined(const CombinedResult& result);

/// A row a run: accuracy, what the other runs predict for it, z, leverage, what the targets'
/// predictions would be without it, and what is wrong with it.
TextTable diagnosis_table(const TaskDiagnosis& diagnosis);
std::string diagnosis_text(const std::vector<TaskDiagnosis>& diagnoses);

/// An element a task: {"task", "runs": [{"model", "length", "n", "d", "actual", "predicted",
/// "predicted_without", "z", "leverage", "influence": {target: change}, "falls_off",
/// "high_leverage", "at_chance"}], "n_at_chance", "notes"}.
Json json_diagnosis(const std::vector<TaskDiagnosis>& diagnoses);

}  // namespace rung::ladder
