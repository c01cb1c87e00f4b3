#pragma once
/// Predictions in numbers too large for their intervals to be checked one by one.

#include <optional>
#include <span>

#include "rung/fit/fitted.hpp"

namespace rung {

/// As Fitted::prediction(), with the interval that Fitted::intervals() has: not checked by
/// profiles. None where other parameters fit as well and predict differently.
Prediction unchecked_prediction(const Fitted& fitted, std::span<const double> inputs,
                                std::optional<double> actual = std::nullopt);

}  // namespace rung
