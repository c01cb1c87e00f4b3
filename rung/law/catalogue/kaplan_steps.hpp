#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Kaplan's learning curve: L(N, S) = (Nc / N)^alphaN + (Sc / S)^alphaS.
///
/// N: non-embedding parameters; S: steps, as if at a batch far above the critical size. Source:
/// Kaplan et al. 2020, arXiv:2001.08361, eq. 1.6.
struct KaplanSteps {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {.name = "kaplan-steps",
            .title = "loss from model size and training steps",
            .formula = "(Nc / N)^alphaN + (Sc / S)^alphaS",
            .output = "loss, nats per token",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.6 and table 3",
            .inputs = {{"N", "parameters without embeddings", true, 1e6, 1e9},
                       {"S", "training steps at a large batch", true, 1000, 1e5}},
            .parameters = {{.name = "Nc",
                            .meaning = "size's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 6.5e13,
                            .search = {.low = 1e6, .high = 1e20}},
                           {.name = "Sc",
                            .meaning = "steps' scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 2100,
                            .search = {.low = 1, .high = 1e8}},
                           {.name = "alphaN",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.077,
                            .search = {.low = 0.005, .high = 1}},
                           {.name = "alphaS",
                            .meaning = "step exponent",
                            .lower = 0,
                            .typical = 0.76,
                            .search = {.low = 0.05, .high = 2}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Nc, Sc, alphaN, alphaS] = theta;
    const auto& [N, S] = x;
    return pow(Nc / N, alphaN) + pow(Sc / S, alphaS);
  }
};

}  // namespace rung::laws
