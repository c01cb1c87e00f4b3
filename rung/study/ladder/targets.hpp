#pragma once
/// The model that a user wants predicted besides the eval models of a configuration.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

struct TargetRequest {
  std::optional<double> n_params, n_tokens;  // both or none
  std::string name;                          // alone: an eval model of the ladder
};

/// The models that are predicted and not fitted, in order. InputError where there is none.
std::vector<std::string> eval_models(const Ladder& ladder);

/// A model of that size and length, with its compute where flops_like_runs knows it; none where
/// nothing is asked or an eval model is named, or what is asked is one to rounding. InputError for
/// the name of no eval model, and for an eval model's beside another size or length.
std::vector<Target> extra_targets(const TargetRequest& request, const Catalogue& catalogue,
                                  const Ladder& ladder);

}  // namespace rung::ladder
