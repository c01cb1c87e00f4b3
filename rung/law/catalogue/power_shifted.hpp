#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Power of a shifted inverse: y(x) = (a / x + c)^b, which levels off at c^b.
///
/// Source: Kaplan et al. 2020, arXiv:2001.08361, eq. 1.5, along one of its two axes, in the form
/// of allenai/OLMo-ladder, src/scaling/fitting_functions.py. a and c are positive here: elsewhere
/// the power has no value.
struct PowerShifted {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "power-shifted",
            .title = "power of a shifted inverse",
            .formula = "(a / x + c)^b",
            .output = "what was measured",
            .source =
                "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.5; allenai/OLMo-ladder, "
                "src/scaling/fitting_functions.py",
            .inputs = {{"x", "size, data or compute", true, 1e9, 1e12}},
            .parameters = {{.name = "a",
                            .meaning = "scale of the input",
                            .lower = 0,
                            .of_log = true,
                            .typical = 5e13,
                            .search = {.low = 1e2, .high = 1e20}},
                           {.name = "c",
                            .meaning = "shift",
                            .lower = 0,
                            .of_log = true,
                            .typical = 150,
                            .search = {.low = 1e-3, .high = 1e8}},
                           {.name = "b",
                            .meaning = "exponent",
                            .typical = 0.15,
                            .search = {.low = 0.01, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& input) {
    const auto& [a, c, b] = theta;
    const auto& [x] = input;
    return pow(a / x + c, b);
  }
};

}  // namespace rung::laws
