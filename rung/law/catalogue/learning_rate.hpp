#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The best peak learning rate: lr(N, D) = c N^a D^b. Source: Li et al. 2025, arXiv:2503.04715
/// (Step Law).
struct LearningRate {
  static constexpr int kParameters = 3, kInputs = 2;

  static LawInfo info() {
    return {.name = "learning-rate",
            .title = "best learning rate from model size and data",
            .formula = "c * N^a * D^b",
            .output = "best peak learning rate",
            .source = "Li et al. 2025, arXiv:2503.04715 (Step Law)",
            .inputs = {{"N", "parameters without embeddings", true, 6e7, 1e9},
                       {"D", "training tokens", true, 2e9, 1e11}},
            .parameters =
                {{.name = "c", .meaning = "scale", .lower = 0, .of_log = true, .typical = 1.79},
                 {.name = "a",
                  .meaning = "size exponent",
                  .typical = -0.713,
                  .search = {.low = -2, .high = 2}},
                 {.name = "b",
                  .meaning = "data exponent",
                  .typical = 0.307,
                  .search = {.low = -2, .high = 2}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [c, a, b] = theta;
    const auto& [N, D] = x;
    return c * pow(N, a) * pow(D, b);
  }
};

}  // namespace rung::laws
