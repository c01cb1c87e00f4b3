#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A sigmoid in ln x: y(x) = low + (high - low) / (1 + (x50 / x)^k). Any level may be held (--fix
/// low=0.25).
///
/// Source: Hill 1910.
struct Hill {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {.name = "hill",
            .title = "saturating rise or fall over a scale",
            .formula = "low + (high - low) / (1 + (x50 / x)^k)",
            .output = "score",
            .source = "Hill 1910, J. Physiol. 40; a logistic curve in ln x",
            .inputs = {{"x", "parameters, tokens or compute", true, 1e18, 1e24}},
            .parameters = {{.name = "low", .meaning = "level at small x", .typical = 0.25},
                           {.name = "high", .meaning = "level at large x", .typical = 0.9},
                           {.name = "x50",
                            .meaning = "where it is half-way",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1e21,
                            .search = {SearchRange::Over::log_input, -0.3, 1.3}},
                           {.name = "k",
                            .meaning = "steepness",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.6,
                            .search = {.low = 0.05, .high = 10}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [low, high, x50, k] = theta;
    const auto& [x] = at;
    return low + (high - low) * sigmoid(k * (log(x) - log(x50)));
  }
};

}  // namespace rung::laws
