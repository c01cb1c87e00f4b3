#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The batch size beyond which more data per step stops paying: B_crit(L) = B / L^(1 / alphaB).
///
/// L: loss in nats. Source: Kaplan et al. 2020, arXiv:2001.08361, eq. 1.4.
struct CriticalBatch {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "critical-batch",
            .title = "critical batch size from loss",
            .formula = "B / L^(1 / alphaB)",
            .output = "batch size, tokens",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.4",
            .inputs = {{"L", "loss, nats per token", true, 2, 6}},
            .parameters = {{.name = "B",
                            .meaning = "batch size at a loss of 1, tokens",
                            .lower = 0,
                            .of_log = true,
                            .typical = 2.1e8},
                           {.name = "alphaB",
                            .meaning = "how slowly it grows as loss falls",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.21,
                            .search = {.low = 0.02, .high = 5}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [B, alphaB] = theta;
    const auto& [L] = x;
    return B * pow(L, -1.0 / alphaB);
  }
};

}  // namespace rung::laws
