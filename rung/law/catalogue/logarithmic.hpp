#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A straight line in ln x: y(x) = a + b ln x. The simplest law to beat.
struct Logarithmic {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "logarithmic",
            .title = "straight line in the logarithm",
            .formula = "a + b * ln(x)",
            .output = "score or loss",
            .source = "Owen 2024, arXiv:2401.04757 (as a baseline)",
            .inputs = {{"x", "parameters, tokens or compute", true, 1e18, 1e24}},
            .parameters = {{.name = "a", .meaning = "level at x = 1", .typical = -2},
                           {.name = "b", .meaning = "slope per factor of e", .typical = 0.05}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [a, b] = theta;
    const auto& [x] = at;
    return a + b * log(x);
  }
};

}  // namespace rung::laws
