#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A power law for the logarithm of accuracy: -ln acc = A C^-alpha.
///
/// At a fixed ratio of tokens to parameters. Source: Krajewski et al. 2025, arXiv:2512.08894.
struct LogAccuracyPower {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "log-accuracy-power",
            .title = "accuracy from compute, directly",
            .formula = "exp(-A / C^alpha)",
            .output = "accuracy",
            .source = "Krajewski et al. 2025, arXiv:2512.08894, eq. 2",
            .inputs = {{"C", "training FLOPs", true, 1e18, 1e23}},
            .parameters = {{.name = "A",
                            .meaning = "scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 4000,
                            .search = {.low = 0.001, .high = 1e12}},
                           {.name = "alpha",
                            .meaning = "compute exponent",
                            .lower = 0,
                            .typical = 0.18,
                            .search = {.low = 0.01, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, alpha] = theta;
    const auto& [C] = x;
    return exp(-A * pow(C, -alpha));
  }
};

}  // namespace rung::laws
