#pragma once
/// Predicted metrics as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

Document describe(const Predictions& found);

}  // namespace rung::observational
