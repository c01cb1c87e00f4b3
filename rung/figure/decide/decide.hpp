#pragma once
/// Pictures of a decision between data recipes.

#include "rung/figure/figure.hpp"
#include "rung/study/decide/decide.hpp"

namespace rung::decide {

/// How often methods put pairs of recipes in order, against their compute, and what the deciding
/// one predicts of each recipe.
Figure decide_figure(const Result& result, const std::string& shown_task);

}  // namespace rung::decide
