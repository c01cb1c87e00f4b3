#pragma once
/// Sets of models as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/model_sets.hpp"

namespace rung::observational {

Document describe(const ModelSets& sets);

}  // namespace rung::observational
