#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss along a run by what its learning rate has added up to:
/// L(N, S1, S2) = E + A N^-alpha + B S1^-beta - F S2 N^gamma, at least 1e-8.
///
/// S1: the sum of the learning rate over the steps, with the warm-up counted at the peak; S2: the
/// sum of an annealing momentum, which decays by 0.999 a step and gains what the learning rate has
/// fallen. The form is Tissue et al. 2024, arXiv:2408.11029, eq. 1, with a size term; the floor is
/// of allenai/OLMo-ladder, src/scaling/fitting_functions.py.
struct Tissue {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {.name = "tissue",
            .title = "loss from size, summed learning rate and annealing",
            .formula = "max(1e-8, E + A / N^alpha + B / S1^beta - F * S2 * N^gamma)",
            .output = "loss, in the unit of the data",
            .source = "Tissue et al. 2024, arXiv:2408.11029, eq. 1; " +
                      std::string(kLearningRateSource) + " (size terms)",
            .inputs = {{"N", "parameters", true, 1e8, 1e10},
                       {"S1", "learning rate summed over steps", true, 0.1, 20},
                       {"S2", "annealing momentum summed", false, 0, 0.5}},
            .parameters = parameters(),
            .residual = Residual::log};
  }

  /// The typical values of training and annealing are those of the law without a size term.
  static std::vector<ParameterInfo> parameters() {
    std::vector<ParameterInfo> all = chinchilla_parameters(
        {{.name = "F", .meaning = "annealing term's scale", .lower = 0, .typical = 0.33},
         {.name = "gamma",
          .meaning = "its size exponent",
          .typical = 0.01,
          .search = {.low = -1, .high = 1}}});
    for (ParameterInfo& parameter : all) {
      if (parameter.name == "B") parameter.typical = 0.43;
      if (parameter.name == "beta") parameter.typical = 0.55;
    }
    return all;
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, F, gamma] = theta;
    const auto& [N, S1, S2] = x;
    return floored(E + A * pow(N, -alpha) + B * pow(S1, -beta) - F * S2 * pow(N, gamma), 1e-8);
  }
};

}  // namespace rung::laws
