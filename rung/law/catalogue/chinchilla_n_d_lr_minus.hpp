#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss that falls as the learning rate decays: L(N, D, H) = E + A N^-alpha + B D^-beta - F (1 -
/// H).
///
/// H: the learning rate as a share of its peak. The same curve as n-d-lr with E + F for E; here E
/// belongs to the full learning rate. Source: allenai/OLMo-ladder,
/// src/scaling/fitting_functions.py.
struct ChinchillaNDLrMinus {
  static constexpr int kParameters = 6, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "n-d-lr-minus",
        .title = "loss that falls as the learning rate decays",
        .formula = "E + A / N^alpha + B / D^beta - F * (1 - H)",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = learning_rate_inputs(),
        .parameters = chinchilla_parameters({{.name = "F",
                                              .meaning = "fall from the full learning rate to none",
                                              .lower = 0,
                                              .typical = 0.05}}),
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) - F * (1.0 - H);
  }
};

}  // namespace rung::laws
