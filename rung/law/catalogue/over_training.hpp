#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss of over-trained models: L(M, C) = E + (a M^eta + b M^-eta) C^-eta.
///
/// M: training tokens per parameter, D / N; C: training compute, 6 N D. With C = 6 M N^2 the term
/// in a is a (6 N^2)^-eta, free of the data, and the term in b is b (6 N^2)^-eta M^-2eta: a
/// Chinchilla law whose two exponents are 2 eta. The published program writes the same curve as E +
/// alpha N^p + beta 6^(p/2) (M N)^p, where p = -2 eta, alpha = a 6^-eta and beta = b. a, b and E
/// have no bounds there and none here. Source: Gadre et al. 2024, arXiv:2403.08540.
struct OverTraining {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {.name = "over-training",
            .title = "loss from compute and tokens per parameter",
            .formula = "E + (a * M^eta + b * M^-eta) * C^-eta",
            .output = "loss, nats per token",
            .source = "Gadre et al. 2024, arXiv:2403.08540",
            .inputs = {{"M", "training tokens per parameter", true, 5, 640},
                       {"C", "training compute, FLOPs", true, 1e16, 1e22}},
            .parameters = {{.name = "a", .meaning = "size term's scale", .typical = 212},
                           {.name = "b", .meaning = "data term's scale", .typical = 367},
                           {.name = "eta",
                            .meaning = "compute exponent",
                            .lower = 0,
                            .typical = 0.136,
                            .search = {.low = 0.005, .high = 2}},
                           {.name = "E", .meaning = "irreducible loss", .typical = 1.84}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b, eta, E] = theta;
    const auto& [M, C] = x;
    return E + (a * pow(M, eta) + b * pow(M, -eta)) * pow(C, -eta);
  }
};

}  // namespace rung::laws
