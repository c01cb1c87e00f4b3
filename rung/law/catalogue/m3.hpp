#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// M3, a power law that saturates: y(x) = beta (1 / x + gamma)^c, with the floor beta gamma^c.
/// Source: Alabdulmohsin et al. 2022, arXiv:2209.06640, and its authors' program.
struct M3 {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "m3",
            .title = "power law that saturates",
            .formula = "beta * (1 / x + gamma)^c",
            .output = "loss or error",
            .source = "Alabdulmohsin et al. 2022, arXiv:2209.06640, M3",
            .inputs = {{"x", "examples seen or another scale", true, 1e4, 1e9}},
            .parameters =
                {{.name = "beta", .meaning = "scale", .lower = 0, .of_log = true, .typical = 20},
                 {.name = "c",
                  .meaning = "exponent",
                  .lower = 0,
                  .typical = 0.4,
                  .search = {.low = 0.005, .high = 3}},
                 {.name = "gamma",
                  .meaning = "1 / x at which it saturates",
                  .lower = 0,
                  .of_log = true,
                  .typical = 1e-07,
                  .search = {.low = 1e-12, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [beta, c, gamma] = theta;
    const auto& [x] = at;
    return beta * pow(1.0 / x + gamma, c);
  }
};

}  // namespace rung::laws
