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

std::string doubt_text(const std::vector<overtraining::Doubt>& doubts);

/// Which of the fits' error sets to show, by index; all where there are no names.
std::vector<std::size_t> shown_error_sets(const overtraining::Fits& fits,
                                          const std::vector<std::string>& names);

/// The table for people, for print and for programs.
Document table_document(TextTable table, Json results);

}  // namespace rung
