#pragma once
/// Priors that the data speak against.

#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"

namespace rung::table {

/// "alpha: the data and the other priors lie 9.1 standard deviations from its prior, …", a sentence
/// for each prior of `posterior` that lies more than three away: a mean of such a prior and of the
/// data is neither. The distance, in units of both errors together, is the root of twice what minus
/// the log posterior falls by without that prior (a likelihood ratio; exact where the law is
/// linear).
std::vector<std::string> prior_conflicts(const Fitted& posterior);

}  // namespace rung::table
