#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// M1, a power law: y(x) = beta x^-c. Source: Alabdulmohsin et al. 2022, arXiv:2209.06640.
struct M1 {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "m1",
            .title = "power law",
            .formula = "beta * x^-c",
            .output = "loss or error",
            .source = "Alabdulmohsin et al. 2022, arXiv:2209.06640, M1",
            .inputs = {{"x", "examples seen or another scale", true, 1e4, 1e9}},
            .parameters =
                {{.name = "beta", .meaning = "scale", .lower = 0, .of_log = true, .typical = 5},
                 {.name = "c",
                  .meaning = "exponent",
                  .lower = 0,
                  .typical = 0.2,
                  .search = {.low = 0.005, .high = 3}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [beta, c] = theta;
    const auto& [x] = at;
    return beta * pow(x, -c);
  }
};

}  // namespace rung::laws
