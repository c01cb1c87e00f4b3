#pragma once
/// Tokens and training runs as documents.

#include "rung/report/document.hpp"
#include "rung/study/model/trained.hpp"

namespace rung::model {

Document describe(const Tokenized& tokenized);
Document describe(const TrainedRun& run);
Document describe(const GeneratedText& generated);
Document describe(const std::vector<LaunchedRung>& rungs);

}  // namespace rung::model
