#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Task accuracy from loss: acc(L) = a / (1 + e^(-k (L - x0))) + b, falling in L as a <= 0.
///
/// Source: Bhagia et al. 2024, arXiv:2412.04403, eq. 2.
struct Sigmoid {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {.name = "sigmoid",
            .title = "accuracy from loss, between two levels",
            .formula = "a / (1 + exp(-k * (L - x0))) + b",
            .output = "accuracy",
            .source = "Bhagia et al. 2024, arXiv:2412.04403, eq. 2",
            .inputs = {{"L", "loss", false, 0.5, 2.5}},
            .parameters = {{.name = "a",
                            .meaning = "level at high loss minus level at low loss",
                            .lower = -1,
                            .upper = 0,
                            .typical = -0.7},
                           {.name = "x0",
                            .meaning = "loss at the middle",
                            .lower = 0,
                            .typical = 1.2,
                            .search = {SearchRange::Over::input, -0.5, 1.5}},
                           {.name = "k",
                            .meaning = "steepness",
                            .lower = 0,
                            .of_log = true,
                            .typical = 4,
                            .search = {SearchRange::Over::inverse_input_span, 0.3, 100}},
                           {.name = "b",
                            .meaning = "level at low loss",
                            .lower = 0,
                            .upper = 1,
                            .typical = 0.95}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, x0, k, b] = theta;
    const auto& [L] = x;
    return a * sigmoid(k * (L - x0)) + b;
  }
};

}  // namespace rung::laws
