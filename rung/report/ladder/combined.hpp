#pragma once
/// The combined predictor's results, described.

#include <string>

#include "rung/report/document.hpp"

namespace rung::ladder {

struct CombinedResult;
enum class Trust;

/// What stands behind what is not to be trusted: " (?)", " (!)" or "".
std::string sign_of(Trust trust);

/// A row a task (and their mean): the backtest's error, then for each target its actual, predicted,
/// error and interval. A sign that all targets of a task share stands at the task, else at what is
/// predicted.
TextTable combined_table(const CombinedResult& result);

/// For programs: a row a task and target, the columns of prediction_rows (a combined prediction has
/// no one function fitted), then what the JSON says of how far it is to be trusted; all shares.
TextTable combined_rows(const CombinedResult& result);

/// "3.75% at 7B-4T, 3.42% at 13B-5T": mean |relative error|; "" where nothing is known of any.
std::string mean_errors_text(const CombinedResult& result);

/// "3.9% at 7B-4T (99 times the compute of the largest run)": mean |relative error| to expect.
std::string expected_errors_text(const CombinedResult& result);

/// What the signs in the table mean, and below each a line a reason; "" where nothing is marked.
std::string marks_text(const CombinedResult& result);

/// Both tables, the second for every target, with what the intervals carry and what they can't.
Document describe(const CombinedResult& result);

/// An element a task: {"task", "method", "fits": null, "targets": [as `rung ladder predict`, with
/// "members": {name: predicted}, "interval_parts", "compute_ratio" to the largest run,
/// "expected_error", "reach" of the 90% interval, "with_lower_end", "trust": "sound", "rough" or
/// "doubtful", "trusted": sound, and "marks", the reasons why not], "signal", "lower_end":
/// {"accuracy", "maximum_rejected"} or null, "settings", "backtest_error", "members": [{"name",
/// "title", "backtest_error"}], "notes"}.
Json json_combined(const CombinedResult& result);

}  // namespace rung::ladder
