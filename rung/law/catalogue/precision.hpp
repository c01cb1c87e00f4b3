#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Low precision as a loss of parameters: L = E + A N'^-alpha + B D^-beta, N' = N (1 - e^(-Pw /
/// gammaw)) (1 - e^(-Pa / gammaa)) (1 - e^(-Pkv / gammakv)).
///
/// Source: Kumar et al. 2024, arXiv:2411.04330. Its own fits tie beta to alpha and add an offset
/// to each exponent; the offsets are left out here, as in its text.
struct Precision {
  static constexpr int kParameters = 8, kInputs = 5;

  static LawInfo info() {
    return {
        .name = "precision",
        .title = "loss of models trained in low precision",
        .formula =
            "E + A / (N * (1 - exp(-Pw / gammaw)) * (1 - exp(-Pa / gammaa)) * (1 - exp(-Pkv / "
            "gammakv)))^alpha + B / D^beta",
        .output = "loss, nats per token",
        .source = "Kumar et al. 2024, arXiv:2411.04330, finding 2 and table 2",
        .inputs = {{"N", "parameters", true, 3e7, 2e9},
                   {"D", "training tokens", true, 1e9, 3e10},
                   {"Pw", "bits of weights in training", true, 3, 16},
                   {"Pa", "bits of activations", true, 3, 16},
                   {"Pkv", "bits of the key-value cache", true, 3, 16}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 4299},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 18060},
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 2.7648},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.4965,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.4965,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "gammaw",
                        .meaning = "weights' sensitivity, bits",
                        .lower = 0,
                        .of_log = true,
                        .typical = 2.6745,
                        .search = {.low = 0.3, .high = 10}},
                       {.name = "gammaa",
                        .meaning = "activations' sensitivity, bits",
                        .lower = 0,
                        .of_log = true,
                        .typical = 2.2102,
                        .search = {.low = 0.3, .high = 10}},
                       {.name = "gammakv",
                        .meaning = "cache's sensitivity, bits",
                        .lower = 0,
                        .of_log = true,
                        .typical = 0.9578,
                        .search = {.low = 0.3, .high = 10}}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, gammaw, gammaa, gammakv] = theta;
    const auto& [N, D, Pw, Pa, Pkv] = x;
    const auto kept =
        (1.0 - exp(-Pw / gammaw)) * (1.0 - exp(-Pa / gammaa)) * (1.0 - exp(-Pkv / gammakv));
    return E + A * pow(N, -alpha) * pow(kept, -alpha) + B * pow(D, -beta);
  }
};

}  // namespace rung::laws
