#pragma once
/// The ladder's studies as tables and JSON.

#include <span>
#include <string>
#include <vector>

#include "rung/report/json.hpp"
#include "rung/report/text_table.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/compute_error.hpp"
#include "rung/study/ladder/extrapolate.hpp"
#include "rung/study/ladder/sensitivity.hpp"
#include "rung/study/ladder/variance.hpp"

namespace rung::ladder {

// ---- compute-error

/// A row a key. Numbers of ladders that don't identify the law carry "(!)".
std::vector<TextTable> compute_error_tables(const std::vector<ComputeError>& errors,
                                            const ErrorSelection& selection);
TextTable compute_error_rows(const std::vector<ComputeError>& errors, Vary vary);
Json json_results(const std::vector<ComputeError>& errors, Vary vary);
/// Which keys the law is not identified at, in words; "" where it always is.
std::string unidentified_text(const std::vector<ComputeError>& errors);

// ---- compare

/// Tasks by features, with examples, row and column averages: absolute errors in points, or
/// relative ones.
TextTable comparison_table(const ComparisonResult& result, const std::string& target,
                           bool relative);
TextTable comparison_rows(const ComparisonResult& result);
Json json_results(const ComparisonResult& result);

// ---- variance

TextTable variance_table(const std::vector<VarianceResult>& results);
/// Pearson's r, with its p value in brackets, between the columns of the variance table.
TextTable correlation_table(const std::vector<VarianceResult>& results);
Json json_results(const std::vector<VarianceResult>& results);

// ---- extrapolate

TextTable extrapolation_table(const std::vector<ExtrapolateDResult>& results);
Json json_result(const ExtrapolateDResult& result);
TextTable extrapolation_table(const std::vector<ExtrapolateNResult>& results);
Json json_result(const ExtrapolateNResult& result);

// ---- sensitivity

/// Choices by tasks: how far each prediction of `target` moves, in points, and what each choice's
/// errors come to on average.
TextTable sensitivity_table(const SensitivityResult& result, const std::string& target);
TextTable sensitivity_rows(const SensitivityResult& result);
Json json_results(const SensitivityResult& result);

}  // namespace rung::ladder
