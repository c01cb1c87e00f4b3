#pragma once
/// Pictures of what to train.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/plan/design.hpp"

namespace rung {

/// The plane of the law's first two positive inputs: the fit's runs, candidates, chosen runs (with
/// "×2" where one is run again) and targets. InputError for a law of fewer such inputs.
Figure plan_figure(const Fitted& fitted, const std::vector<plan::Candidate>& candidates,
                   const plan::Design& design, plan::Criterion criterion);

}  // namespace rung
