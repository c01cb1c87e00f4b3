#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Accuracy from size and data in one step, a sigmoid of a Chinchilla law:
/// acc(N, D) = p / (1 + e^-(E + A N^-alpha + B D^-beta)) + q, at least 1e-6.
///
/// p <= 0, so accuracy rises as the power law falls. Source: the single-step variant of Bhagia et
/// al. 2024, arXiv:2412.04403, with the bounds of its program.
struct SingleStep {
  static constexpr int kParameters = 7, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "single-step",
        .title = "accuracy from size and data in one step",
        .formula = "max(1e-6, p / (1 + exp(-(E + A / N^alpha + B / D^beta))) + q)",
        .output = "accuracy",
        .source = "Bhagia et al. 2024, arXiv:2412.04403 (single-step variant)",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 1500,
                        .search = {.low = 1, .high = 1e8}},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 1000,
                        .search = {.low = 1, .high = 1e8}},
                       {.name = "E",
                        .meaning = "the sigmoid's argument in the limit",
                        .typical = -2.2,
                        .search = {.low = -6, .high = 4}},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.36,
                        .search = {.low = 0.02, .high = 1.2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.26,
                        .search = {.low = 0.02, .high = 1.2}},
                       {.name = "p",
                        .meaning = "level at high loss minus level at low loss",
                        .lower = -1,
                        .upper = 0,
                        .typical = -0.73},
                       {.name = "q",
                        .meaning = "level at low loss",
                        .lower = 0,
                        .upper = 1,
                        .typical = 0.98}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, p, q] = theta;
    const auto& [N, D] = x;
    return floored(p * sigmoid(E + A * pow(N, -alpha) + B * pow(D, -beta)) + q, 1e-6);
  }
};

}  // namespace rung::laws
