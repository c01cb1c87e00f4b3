#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Power law with a constant: y(x) = a x^b + c, without bounds.
///
/// Source: the law of one input in allenai/OLMo-ladder, src/scaling/fitting_functions.py; the form
/// is Henighan et al. 2020, arXiv:2010.14701, eq. 1.1.
struct PowerConstant {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "power-constant",
            .title = "power law with a constant",
            .formula = "a * x^b + c",
            .output = "what was measured",
            .source =
                "allenai/OLMo-ladder, src/scaling/fitting_functions.py; Henighan et al. "
                "2020, arXiv:2010.14701, eq. 1.1",
            .inputs = {{"x", "size, data or compute", true, 1e9, 1e12}},
            .parameters = {{.name = "a", .meaning = "scale", .typical = 400},
                           {.name = "b",
                            .meaning = "exponent",
                            .typical = -0.28,
                            .search = {.low = -2, .high = 2}},
                           {.name = "c", .meaning = "constant", .typical = 1.7}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& input) {
    const auto& [a, b, c] = theta;
    const auto& [x] = input;
    return a * pow(x, b) + c;
  }
};

}  // namespace rung::laws
