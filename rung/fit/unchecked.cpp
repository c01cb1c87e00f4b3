#include "rung/fit/unchecked.hpp"

#include <cmath>
#include <utility>

namespace rung {

Prediction unchecked_prediction(const Fitted& fitted, std::span<const double> inputs,
                                std::optional<double> actual) {
  Points row(inputs.size(), 1);
  row.set(0, inputs, 1);
  const double value = fitted.predict(inputs);
  return {
      .predicted = std::isfinite(value) ? std::optional(value) : std::nullopt,
      .actual = actual,
      .interval = fitted.fit.identified ? std::move(fitted.intervals(row).front()) : std::nullopt};
}

}  // namespace rung
