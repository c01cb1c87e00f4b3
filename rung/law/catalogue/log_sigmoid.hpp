#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Task accuracy from task cross-entropy: acc(L) = 1 - a ln(1 - 1 / (1 + e^(-k (L - x0)))), a <= 0.
/// As k grows with a k held it tends to a hinge, a straight line down from x0.
///
/// Source: the log-sigmoid option of step 2 in Bhagia et al. 2024, arXiv:2412.04403.
struct LogSigmoid {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {
        .name = "log-sigmoid",
        .title = "accuracy from task cross-entropy",
        .formula = "1 - a * ln(1 - 1 / (1 + exp(-k * (L - x0))))",
        .output = "accuracy",
        .source = "Bhagia et al. 2024, arXiv:2412.04403 (log-sigmoid variant of eq. 2)",
        .inputs = {{"L", "task cross-entropy", false, 0.3, 2.5}},
        .parameters = {{.name = "a", .meaning = "scale of the fall", .upper = 0, .typical = -0.15},
                       {.name = "x0",
                        .meaning = "loss where the fall begins",
                        .lower = 0,
                        .typical = 0.9,
                        .search = {SearchRange::Over::input, -0.5, 1.5}},
                       {.name = "k",
                        .meaning = "sharpness of the bend",
                        .lower = 0,
                        .of_log = true,
                        .typical = 3,
                        .search = {SearchRange::Over::inverse_input_span, 0.3, 300}}}};
  }

  // ln(1 - sigmoid(z)) = -softplus(z).
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, x0, k] = theta;
    const auto& [L] = x;
    return 1.0 + a * softplus(k * (L - x0));
  }
};

}  // namespace rung::laws
