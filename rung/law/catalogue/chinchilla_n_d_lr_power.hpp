#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss with a learning-rate term that grows with N: L(N, D, H) = E + A N^-alpha + B D^-beta + F H
/// N^gamma.
///
/// H: the learning rate as a share of its peak. Source: allenai/OLMo-ladder,
/// src/scaling/fitting_functions.py.
struct ChinchillaNDLrPower {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "n-d-lr-power",
        .title = "loss with a learning-rate term that grows with N",
        .formula = "E + A / N^alpha + B / D^beta + F * H * N^gamma",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = learning_rate_inputs(),
        .parameters = chinchilla_parameters(
            {{.name = "F", .meaning = "learning-rate term's scale", .lower = 0, .typical = 0.005},
             {.name = "gamma",
              .meaning = "its size exponent",
              .lower = 0,
              .typical = 0.1,
              .search = {.low = 0, .high = 1}}}),
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F, gamma] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) + F * H * pow(N, gamma);
  }
};

}  // namespace rung::laws
