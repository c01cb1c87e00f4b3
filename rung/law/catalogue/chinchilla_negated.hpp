#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The Chinchilla law turned over, for a score that rises: acc(N, D) = E - A N^-alpha - B D^-beta.
///
/// Source: the accuracy variant of step 1 in Bhagia et al. 2024, arXiv:2412.04403, with the bounds
/// of its program (E and beta free).
struct ChinchillaNegated {
  static constexpr int kParameters = 5, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "chinchilla-negated",
        .title = "accuracy from model size and data",
        .formula = "E - A / N^alpha - B / D^beta",
        .output = "accuracy",
        .source = "Bhagia et al. 2024, arXiv:2412.04403 (accuracy variant of eq. 1)",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 60},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 80},
                       {.name = "E", .meaning = "accuracy in the limit", .typical = 0.9},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.34,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .typical = 0.28,
                        .search = {.low = 0.01, .high = 2}}},
        .residual = Residual::log,
        .power_terms = {{0, 3, 0, -1}, {1, 4, 1, -1}},
        .floor = 2};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta] = theta;
    const auto& [N, D] = x;
    return E - A * pow(N, -alpha) - B * pow(D, -beta);
  }
};

}  // namespace rung::laws
