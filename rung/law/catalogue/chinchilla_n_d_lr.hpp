#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss from size, data and learning rate: L(N, D, H) = E + A N^-alpha + B D^-beta + F H.
///
/// H: the learning rate as a share of its peak. F has no bound. Source: allenai/OLMo-ladder,
/// src/scaling/fitting_functions.py.
struct ChinchillaNDLr {
  static constexpr int kParameters = 6, kInputs = 3;

  static LawInfo info() {
    return {.name = "n-d-lr",
            .title = "loss from size, data and learning rate",
            .formula = "E + A / N^alpha + B / D^beta + F * H",
            .output = "loss, in the unit of the data",
            .source = kLearningRateSource,
            .inputs = learning_rate_inputs(),
            .parameters = chinchilla_parameters(
                {{.name = "F", .meaning = "rise at the full learning rate", .typical = 0.05}}),
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) + F * H;
  }
};

}  // namespace rung::laws
