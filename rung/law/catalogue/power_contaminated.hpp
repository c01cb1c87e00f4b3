#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Power law over data of which a growing share is contaminated: y(x) = (a x^b + c) (1 - x / d).
///
/// x = d is where the loss would vanish; d -> infinity is the law without contamination. d is
/// positive here and has no bound in its source: allenai/OLMo-ladder,
/// src/scaling/fitting_functions.py.
struct PowerContaminated {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {.name = "power-contaminated",
            .title = "power law over contaminated data",
            .formula = "(a * x^b + c) * (1 - x / d)",
            .output = "what was measured",
            .source = "allenai/OLMo-ladder, src/scaling/fitting_functions.py",
            .inputs = {{"x", "training tokens", true, 1e9, 1e12}},
            .parameters = {{.name = "a", .meaning = "scale", .typical = 400},
                           {.name = "b",
                            .meaning = "exponent",
                            .typical = -0.28,
                            .search = {.low = -2, .high = 2}},
                           {.name = "c", .meaning = "constant", .typical = 1.7},
                           {.name = "d",
                            .meaning = "input at which the loss would vanish",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1e14,
                            .search = {SearchRange::Over::log_input, 1, 3}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& input) {
    const auto& [a, b, c, d] = theta;
    const auto& [x] = input;
    return (a * pow(x, b) + c) * (1.0 - x / d);
  }
};

}  // namespace rung::laws
