#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Kaplan's law for compute put to its best use: L(C) = (Cc / C)^alphaC.
///
/// C: compute in PF-days (8.64e19 FLOPs); in FLOPs only Cc changes. Source: Kaplan et al. 2020,
/// arXiv:2001.08361, eq. 1.3.
struct KaplanC {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "kaplan-c",
            .title = "loss from compute alone",
            .formula = "(Cc / C)^alphaC",
            .output = "loss, nats per token",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.3",
            .inputs = {{"C", "compute at its best use, PF-days", true, 1e-07, 10}},
            .parameters = {{.name = "Cc",
                            .meaning = "compute at which the loss would be 1, PF-days",
                            .lower = 0,
                            .of_log = true,
                            .typical = 3.1e8,
                            .search = {.low = 0.001, .high = 1e24}},
                           {.name = "alphaC",
                            .meaning = "compute exponent",
                            .lower = 0,
                            .typical = 0.05,
                            .search = {.low = 0.005, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Cc, alphaC] = theta;
    const auto& [C] = x;
    return pow(Cc / C, alphaC);
  }
};

}  // namespace rung::laws
