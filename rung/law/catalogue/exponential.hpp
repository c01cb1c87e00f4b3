#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Exponential with a constant: y(x) = a e^(b x) + c, without bounds.
///
/// Source: allenai/OLMo-ladder, src/scaling/fitting_functions.py.
struct Exponential {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "exponential",
            .title = "exponential with a constant",
            .formula = "a * exp(b * x) + c",
            .output = "what was measured",
            .source = "allenai/OLMo-ladder, src/scaling/fitting_functions.py",
            .inputs = {{"x", "such as a loss", false, 0.5, 2.5}},
            .parameters = {{.name = "a", .meaning = "scale", .typical = 2},
                           {.name = "b",
                            .meaning = "rate",
                            .typical = -1.5,
                            .search = {SearchRange::Over::inverse_input_span, -50, 50}},
                           {.name = "c", .meaning = "constant", .typical = 0.2}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& input) {
    const auto& [a, b, c] = theta;
    const auto& [x] = input;
    return a * exp(b * x) + c;
  }
};

}  // namespace rung::laws
