#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss that falls with the learning rate, by size and shifted data: L(N, D, H) = E + A N^-alpha +
/// B D^-beta - F (1 - H) N^gamma (D^delta + T).
///
/// H: the learning rate as a share of its peak. The bounds are those of power-minus-powerd. Source:
/// allenai/OLMo-ladder, src/scaling/fitting_functions.py.
struct ChinchillaNDLrPowerMinusPowertd {
  static constexpr int kParameters = 9, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "n-d-lr-power-minus-powertd",
        .title = "loss that falls with the learning rate, by size and shifted data",
        .formula = "E + A / N^alpha + B / D^beta - F * (1 - H) * N^gamma * (D^delta + T)",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = learning_rate_inputs(),
        .parameters = chinchilla_parameters(
            {{.name = "F", .meaning = "learning-rate term's scale", .lower = 0, .typical = 0.02},
             {.name = "gamma",
              .meaning = "its size exponent",
              .upper = 0,
              .typical = -0.05,
              .search = {.low = -1, .high = 0}},
             {.name = "delta",
              .meaning = "its data exponent",
              .lower = 0,
              .typical = 0.05,
              .search = {.low = 0, .high = 1}},
             {.name = "T",
              .meaning = "offset of its data factor",
              .lower = 0,
              .of_log = true,
              .typical = 1.5,
              .search = {.low = 0.01, .high = 100}}}),
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F, gamma, delta, T] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) -
           F * (1.0 - H) * pow(N, gamma) * (pow(D, delta) + T);
  }
};

}  // namespace rung::laws
