#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Kaplan's law for large models stopped early on limited data: L(D) = (Dc / D)^alphaD.
///
/// D: tokens. Source: Kaplan et al. 2020, arXiv:2001.08361, eq. 1.2.
struct KaplanD {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "kaplan-d",
            .title = "loss from data alone",
            .formula = "(Dc / D)^alphaD",
            .output = "loss, nats per token",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.2",
            .inputs = {{"D", "tokens of the data set", true, 2e7, 2e10}},
            .parameters = {{.name = "Dc",
                            .meaning = "tokens at which the loss would be 1",
                            .lower = 0,
                            .of_log = true,
                            .typical = 5.4e13,
                            .search = {.low = 1e6, .high = 1e20}},
                           {.name = "alphaD",
                            .meaning = "data exponent",
                            .lower = 0,
                            .typical = 0.095,
                            .search = {.low = 0.005, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Dc, alphaD] = theta;
    const auto& [D] = x;
    return pow(Dc / D, alphaD);
  }
};

}  // namespace rung::laws
