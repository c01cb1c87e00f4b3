#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss with a learning-rate term that grows with ln N: L(N, D, H) = E + A N^-alpha + B D^-beta + F
/// H ln(N / R + S).
///
/// H: the learning rate as a share of its peak. No value where N / R + S is not positive. Source:
/// allenai/OLMo-ladder, src/scaling/fitting_functions.py.
struct ChinchillaNDLrLog {
  static constexpr int kParameters = 8, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "n-d-lr-log",
        .title = "loss with a learning-rate term that grows with ln N",
        .formula = "E + A / N^alpha + B / D^beta + F * H * ln(N / R + S)",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = learning_rate_inputs(),
        .parameters = chinchilla_parameters(
            {{.name = "F", .meaning = "learning-rate term's scale", .lower = 0, .typical = 0.05},
             {.name = "R",
              .meaning = "size at which the logarithm sets in",
              .lower = 0,
              .of_log = true,
              .typical = 3.3e6,
              .search = {SearchRange::Over::log_input, -4, 1}},
             {.name = "S",
              .meaning = "offset inside the logarithm",
              .typical = 4,
              .search = {.low = 0.01, .high = 100}}}),
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F, R, S] = theta;
    const auto& [N, D, H] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta) + F * H * log(N / R + S);
  }
};

}  // namespace rung::laws
