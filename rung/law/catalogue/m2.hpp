#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// M2, a power law with a floor: y(x) = beta x^-c + einf. Source: Alabdulmohsin et al. 2022,
/// arXiv:2209.06640.
struct M2 {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "m2",
            .title = "power law with a floor",
            .formula = "beta * x^-c + einf",
            .output = "loss or error",
            .source = "Alabdulmohsin et al. 2022, arXiv:2209.06640, M2",
            .inputs = {{"x", "examples seen or another scale", true, 1e4, 1e9}},
            .parameters =
                {{.name = "beta", .meaning = "scale", .lower = 0, .of_log = true, .typical = 20},
                 {.name = "c",
                  .meaning = "exponent",
                  .lower = 0,
                  .typical = 0.4,
                  .search = {.low = 0.005, .high = 3}},
                 {.name = "einf", .meaning = "floor", .lower = 0, .typical = 0.1}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [beta, c, einf] = theta;
    const auto& [x] = at;
    return beta * pow(x, -c) + einf;
  }
};

}  // namespace rung::laws
