#pragma once
/// Pictures of what saved fits predict, alone and chained.

#include <optional>
#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung {

/// A group's fit with its predictions, and the second one of a chain with the chain's.
struct PredictedFit {
  Fitted first;
  table::GroupPredictions predictions;
  std::optional<Fitted> then;
  table::GroupPredictions chained;
};

/// What the laws predict, in the user's words.
struct PredictedNames {
  std::string first, then;
  Mapping x{};  // and the first one's inputs
};

/// A row of panels a group: the law over its widest input up to each target, with the observations
/// where the saved fit keeps them; of a chain also the second law over what the first predicts, and
/// both together.
Figure prediction_figure(const std::vector<PredictedFit>& fits, const PredictedNames& names);

}  // namespace rung
