#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The best batch size: bs(D) = c D^b, in tokens. Source: Li et al. 2025, arXiv:2503.04715 (Step
/// Law).
struct BatchSize {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "batch-size",
            .title = "best batch size from data",
            .formula = "c * D^b",
            .output = "best batch size, tokens",
            .source = "Li et al. 2025, arXiv:2503.04715 (Step Law)",
            .inputs = {{"D", "training tokens", true, 2e9, 1e11}},
            .parameters =
                {{.name = "c", .meaning = "scale", .lower = 0, .of_log = true, .typical = 0.58},
                 {.name = "b",
                  .meaning = "data exponent",
                  .typical = 0.571,
                  .search = {.low = -2, .high = 2}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [c, b] = theta;
    const auto& [D] = x;
    return c * pow(D, b);
  }
};

}  // namespace rung::laws
