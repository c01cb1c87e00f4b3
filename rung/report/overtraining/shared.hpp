#pragma once
/// Small things that the over-training study's tables share.

#include <string>
#include <vector>

#include "rung/core/text.hpp"
#include "rung/report/document.hpp"
#include "rung/report/interval.hpp"
#include "rung/study/overtraining/cost.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung {

/// How sets are named in a table: as the options take them, or by the study's titles.
struct SetNames {
  const overtraining::Study* study = nullptr;  // null: as the options take them
  std::string operator()(const std::string& name) const {
    return study ? study->title(name) : name;
  }
};

/// Of what is_no_error().
inline constexpr const char* kWhyNoError =
    "below 0 or above 1, which no error is: the loss lies where the error law no longer holds";

/// Why a number of a loss law bears (!), which the law's own warning tells more of.
inline constexpr const char* kLossLawInDoubt =
    "(!) not to be trusted: the loss law is in doubt, as the warning says";

/// Behind an error that none is.
inline constexpr const char* kNoError = " (!)";

/// An error as a law says it: "0.4925", "-0.1021 (!)", "-4.499e10 (!)".
std::string error_value(double error);
/// Why not to trust an error: kWhyNoError where it is none, else what speaks against the laws that
/// it is predicted by (`of_law`, as doubt_text has it); "" where nothing does.
std::string error_doubt(const Prediction& error, const std::string& of_law = "");
/// Does a column of such values hold one that is none? Then kWhyNoError is to be said.
bool some_is_no_error(const TextTable& table);

inline std::string four_decimals(double value) { return fixed(value, 4); }
inline std::string short_value(double value) { return short_count(value); }

/// How large a relative error is, whatever its sign; more than ten times says nothing more.
std::string off_by(double relative_error);

TextCell lower(const std::optional<Interval>& interval);
TextCell upper(const std::optional<Interval>& interval);

/// A number and the ends of its interval.
void add_estimate_columns(TextTable& table, const std::string& header, const std::string& csv_name,
                          const NumberFormat& format);
void add_estimate(std::vector<TextCell>& row, const overtraining::Estimate& estimate);

/// Only then do tables have a column that marks what comes from such a law.
bool some_loss_law_in_doubt(const overtraining::Fits& fits);

/// Which of the fits' error sets to show, by index; all where there are no names.
std::vector<std::size_t> shown_error_sets(const overtraining::Fits& fits,
                                          const std::vector<std::string>& names);

// Why a table has no rows, and what to do.
inline constexpr const char* kNoTargets =
    "There is no run to predict: none is as large as those that the laws were fitted on and took "
    "more compute. What a model that does not exist yet would reach say 'rung overtraining fit "
    "--save-loss-fit FILE' and then 'rung predict FILE --at \"M=20, C=1e22\"', for M tokens per "
    "parameter and C FLOPs.";
inline constexpr const char* kNoSearch =
    "The testbed has no hyperparameter search, which stands in grid.json or grid.csv.";
inline constexpr const char* kNoComparison =
    "No two runs of the hyperparameter search differ in one setting alone.";
inline constexpr const char* kNoCurve = "No run has a loss on this set.";

/// The table for people, for print and for programs. Without rows, `why_empty` stands in its place,
/// and there is no usable result.
Document table_document(TextTable table, Json results,
                        const std::string& why_empty = "There is nothing to list.");

}  // namespace rung
