#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// What quantizing after training costs: delta(N, D, P) = C D^gammaD N^-gammaN e^(-P / gammaP),
/// more for models trained on more data.
///
/// Source: Kumar et al. 2024, arXiv:2411.04330. For a model trained in low precision put its
/// useful parameters (law precision) as N.
struct PostTrainingQuantization {
  static constexpr int kParameters = 4, kInputs = 3;

  static LawInfo info() {
    return {.name = "post-training-quantization",
            .title = "loss added by quantizing a trained model",
            .formula = "C * D^gammaD / N^gammaN * exp(-P / gammaP)",
            .output = "loss added, nats per token",
            .source = "Kumar et al. 2024, arXiv:2411.04330, eq. 2 and table 2",
            .inputs = {{"N", "parameters", true, 3e7, 2e9},
                       {"D", "training tokens", true, 1e9, 3e10},
                       {"P", "bits after training", true, 3, 8}},
            .parameters =
                {{.name = "C", .meaning = "scale", .lower = 0, .of_log = true, .typical = 0.0598},
                 {.name = "gammaD",
                  .meaning = "data exponent",
                  .lower = 0,
                  .typical = 0.5068,
                  .search = {.low = 0.01, .high = 2}},
                 {.name = "gammaN",
                  .meaning = "size exponent",
                  .lower = 0,
                  .typical = 0.3439,
                  .search = {.low = 0.01, .high = 2}},
                 {.name = "gammaP",
                  .meaning = "sensitivity, bits",
                  .lower = 0,
                  .of_log = true,
                  .typical = 0.5907,
                  .search = {.low = 0.1, .high = 5}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [C, gammaD, gammaN, gammaP] = theta;
    const auto& [N, D, P] = x;
    return C * pow(D, gammaD) * pow(N, -gammaN) * exp(-P / gammaP);
  }
};

}  // namespace rung::laws
