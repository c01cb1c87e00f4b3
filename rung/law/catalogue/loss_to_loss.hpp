#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A shifted power law from loss to loss: L' = K (L - E0)^kappa + E1.
///
/// Source: Brandfonbrener et al. 2024, arXiv:2411.12925. E0 and E1 are the floors of each
/// distribution's own scaling law, weakly determined by pairs of losses alone: hold them where
/// they are known.
struct LossToLoss {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {.name = "loss-to-loss",
            .title = "loss on one distribution from loss on another",
            .formula = "K * (L - E0)^kappa + E1",
            .output = "loss on the other distribution",
            .source = "Brandfonbrener et al. 2024, arXiv:2411.12925",
            .inputs = {{"L", "loss on the first distribution", false, 2.4, 4}},
            .parameters = {
                {.name = "K", .meaning = "scale", .lower = 0, .of_log = true, .typical = 0.9},
                {.name = "kappa",
                 .meaning = "exponent",
                 .lower = 0,
                 .typical = 1.2,
                 .search = {.low = 0.2, .high = 3}},
                {.name = "E0",
                 .meaning = "irreducible loss on the first",
                 .typical = 1.8,
                 .search = {SearchRange::Over::input, -2, -0.01}},
                {.name = "E1", .meaning = "irreducible loss on the other", .typical = 1.2}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [K, kappa, E0, E1] = theta;
    const auto& [L] = x;
    return K * pow(L - E0, kappa) + E1;
  }
};

}  // namespace rung::laws
