#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Accuracy between chance and 1: acc(L) = chance + (1 - chance) / (1 + e^(k (L - x0))).
///
/// Chance is known for a multiple-choice task: hold it there (--fix chance=0.25). The form is the
/// sigmoid over a guess of Owen 2024, arXiv:2401.04757.
struct SigmoidChance {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "sigmoid-chance",
            .title = "accuracy from loss, between chance and 1",
            .formula = "chance + (1 - chance) / (1 + exp(k * (L - x0)))",
            .output = "accuracy",
            .source = "Owen 2024, arXiv:2401.04757",
            .inputs = {{"L", "loss", false, 0.5, 2.5}},
            .parameters = {{.name = "chance",
                            .meaning = "accuracy of a guess",
                            .lower = 0,
                            .upper = 1,
                            .typical = 0.25},
                           {.name = "x0",
                            .meaning = "loss half-way",
                            .typical = 1.2,
                            .search = {SearchRange::Over::input, -0.5, 1.5}},
                           {.name = "k",
                            .meaning = "steepness",
                            .lower = 0,
                            .of_log = true,
                            .typical = 4,
                            .search = {SearchRange::Over::inverse_input_span, 0.3, 100}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [chance, x0, k] = theta;
    const auto& [L] = x;
    return 1.0 - (1.0 - chance) * sigmoid(k * (L - x0));
  }
};

}  // namespace rung::laws
