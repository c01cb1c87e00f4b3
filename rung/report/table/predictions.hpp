#pragma once
/// Predictions of fitted laws as a table and as JSON; what rung predict says.

#include <string>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::table {

/// "77x in D, 7x below in N", of every input that lies outside the data; "0 or less in L" where no
/// factor leads there; "" inside.
std::string beyond_words(const std::vector<Beyond>& beyond);

/// A row a prediction; errors beside those that were measured. In words: which input lies how far
/// beyond the data, and (!) at what rests on a fit that something speaks against; for CSV the
/// factor as a number besides, and what speaks against the fit.
TextTable predictions_table(const std::vector<GroupPredictions>& groups, bool in_words = true);

/// Behind a prediction of a fit that something speaks against.
inline constexpr const char* kDoubted = " (!)";
/// What it means; the doubts stand in the "notes" or "warnings".
std::string meaning_of_mark(const std::string& where);
/// What (!) means, and in which "notes" or "warnings" the doubts stand; "" where none has it.
std::string meaning_of_mark(const std::vector<GroupPredictions>& groups, const std::string& where);

/// [{"inputs", "actual", "predicted", "interval", "extrapolation", "beyond", "determined",
/// "alternatives", "note"}]; extrapolation is null where beyond says that no factor leads there.
Json json_predictions(const GroupPredictions& group);

/// Of what other parameters predict, and why there is no interval, a line a row; "": of none.
std::string notes_on(const std::vector<GroupPredictions>& groups);

Document describe(const std::vector<GroupPredictions>& groups);
/// Two fits chained, with what each predicts; results are the second's.
Document describe(const std::vector<GroupPredictions>& first, const std::string& first_y,
                  const std::vector<GroupPredictions>& then, const std::string& then_y);

}  // namespace rung::table
