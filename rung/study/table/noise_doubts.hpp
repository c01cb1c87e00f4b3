#pragma once
/// Whether rows scatter as the noise says that a fit was told.

#include <optional>

#include "rung/study/table/fit_group.hpp"

namespace rung::table {

/// Doubts the fit where its rows scatter more than three standard deviations beyond what the number
/// of questions (--loss binomial) or --noise-sd explains; a note where --noise-sd explains 20 times
/// their variance. `by_data` has the variance that the residuals say.
void doubt_noise(std::optional<double> noise_sd, const std::optional<Covariance>& by_data,
                 FittedGroup& group);

}  // namespace rung::table
