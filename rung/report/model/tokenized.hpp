#pragma once
/// Tokens and training runs as documents.

#include "rung/report/document.hpp"
#include "rung/study/model/trained.hpp"

namespace rung::model {

Document describe(const Tokenized& tokenized);
Document describe(const TrainedRun& run);

}  // namespace rung::model
