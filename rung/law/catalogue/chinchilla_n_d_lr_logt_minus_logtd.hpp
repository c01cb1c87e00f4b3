#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss that falls with the learning rate, by ln N and ln D: L(N, D, H) = E + A N^-alpha + B
/// D^-beta - F (1 - H) (ln D + delta) / (ln N + gamma).
///
/// H: the learning rate as a share of its peak. Source: allenai/OLMo-ladder,
/// src/scaling/fitting_functions.py.
struct ChinchillaNDLrLogtMinusLogtd {
  static constexpr int kParameters = 8, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "n-d-lr-logt-minus-logtd",
        .title = "loss that falls with the learning rate, by ln N and ln D",
        .formula = "E + A / N^alpha + B / D^beta - F * (1 - H) * (ln(D) + delta) / (ln(N) + gamma)",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = learning_rate_inputs(),
        .parameters = chinchilla_parameters(
            {{.name = "F", .meaning = "learning-rate term's scale", .lower = 0, .typical = 0.05},
             {.name = "gamma",
              .meaning = "offset of ln N",
              .typical = -10,
              .search = {.low = -15, .high = 25}},
             {.name = "delta",
              .meaning = "offset of ln D",
              .typical = -15,
              .search = {.low = -25, .high = 25}}}),
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F, gamma, delta] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) -
           F * (1.0 - H) * (log(D) + delta) / (log(N) + gamma);
  }
};

}  // namespace rung::laws
