#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss at a step of a run from what its learning rate has added up to: L = L0 + A S1^-alpha - C
/// S2.
///
/// S1: the learning rate summed over steps; S2: the sum of an annealing momentum, which decays
/// (by 0.999 a step in the paper) and gains what the learning rate has fallen. Source: Tissue et
/// al. 2024, arXiv:2408.11029, eq. 1.
struct LrAnnealing {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "lr-annealing",
        .title = "loss along a run from summed learning rate and annealing",
        .formula = "L0 + A / S1^alpha - C * S2",
        .output = "loss, nats per token",
        .source = "Tissue et al. 2024, arXiv:2408.11029, eq. 1",
        .inputs = {{"S1", "learning rate summed over steps", true, 0.1, 20},
                   {"S2", "annealing momentum summed", false, 0, 0.5}},
        .parameters = {{.name = "L0", .meaning = "irreducible loss", .lower = 0, .typical = 2.6},
                       {.name = "A",
                        .meaning = "scale of training",
                        .lower = 0,
                        .of_log = true,
                        .typical = 0.43},
                       {.name = "C", .meaning = "scale of annealing", .lower = 0, .typical = 0.41},
                       {.name = "alpha",
                        .meaning = "exponent of training",
                        .lower = 0,
                        .typical = 0.55,
                        .search = {.low = 0.02, .high = 3}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [L0, A, C, alpha] = theta;
    const auto& [S1, S2] = x;
    return L0 + A * pow(S1, -alpha) - C * S2;
  }
};

}  // namespace rung::laws
