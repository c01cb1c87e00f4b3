#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A learning curve that saturates: y(x) = high - (high - low) e^-(x / scale)^d. d = 1 is the
/// plain exponential.
///
/// Source: Weibull 1951.
struct StretchedExponential {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {.name = "stretched-exponential",
            .title = "saturating rise, as a stretched exponential",
            .formula = "high - (high - low) * exp(-(x / scale)^d)",
            .output = "score",
            .source = "Weibull 1951, J. Appl. Mech. 18",
            .inputs = {{"x", "steps, tokens or examples", true, 100, 1e6}},
            .parameters = {{.name = "low", .meaning = "level at small x", .typical = 0.2},
                           {.name = "high", .meaning = "level at large x", .typical = 0.85},
                           {.name = "scale",
                            .meaning = "where 63% of the rise is done",
                            .lower = 0,
                            .of_log = true,
                            .typical = 3e4,
                            .search = {SearchRange::Over::log_input, -0.3, 1.3}},
                           {.name = "d",
                            .meaning = "shape; 1 is an exponential",
                            .lower = 0.02,
                            .typical = 0.6,
                            .search = {.low = 0.1, .high = 4}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [low, high, scale, d] = theta;
    const auto& [x] = at;
    return high - (high - low) * exp(-exp(d * (log(x) - log(scale))));
  }
};

}  // namespace rung::laws
