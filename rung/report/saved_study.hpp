#pragma once
/// The fits of a study as a file that `rung predict` and `rung allocate` take.

#include <string>
#include <vector>

#include "rung/report/saved_fit.hpp"

namespace rung {

/// Fits of a study by one law of the catalogue, the same bounds on all of them, without ties, fixed
/// parameters or priors. `y`: what they predict; `group_by`: what tells them apart. A table to
/// predict for names its columns as the law's inputs.
SavedFit saved_fit_of(std::vector<Fitted> groups, const std::string& y,
                      const std::vector<std::string>& group_by);

}  // namespace rung
