#pragma once
/// Predicted metrics as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

Document describe(const Predictions& found);

/// "PC-1 to PC-3", "FLOPs (1E21)".
std::string predictor_words(const Prediction& prediction);

}  // namespace rung::observational
