#pragma once
/// Which parameters of a fit ended at a bound.

#include <string>
#include <vector>

#include "rung/fit/fit.hpp"

namespace rung {

/// Those of the fit's notes that say so: "E is at its bound 0". A saved fit has nothing else of it.
std::vector<std::string> notes_of_bounds(const Fit& fit);

}  // namespace rung
