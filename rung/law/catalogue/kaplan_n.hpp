#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Kaplan's law for models trained to convergence on ample data: L(N) = (Nc / N)^alphaN.
///
/// N: non-embedding parameters. Source: Kaplan et al. 2020, arXiv:2001.08361, eq. 1.1.
struct KaplanN {
  static constexpr int kParameters = 2, kInputs = 1;

  static LawInfo info() {
    return {.name = "kaplan-n",
            .title = "loss from model size alone",
            .formula = "(Nc / N)^alphaN",
            .output = "loss, nats per token",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.1",
            .inputs = {{"N", "parameters without embeddings", true, 1e6, 1e9}},
            .parameters = {{.name = "Nc",
                            .meaning = "size at which the loss would be 1",
                            .lower = 0,
                            .of_log = true,
                            .typical = 8.8e13,
                            .search = {.low = 1e6, .high = 1e20}},
                           {.name = "alphaN",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.076,
                            .search = {.low = 0.005, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Nc, alphaN] = theta;
    const auto& [N] = x;
    return pow(Nc / N, alphaN);
  }
};

}  // namespace rung::laws
