#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Mixtures of many small experts: L(N, D, G) = c + (g G^-gamma + a) N^-alpha + b D^-beta.
///
/// G: how many experts a dense feed-forward layer is cut into. Source: Krajewski et al. 2024,
/// arXiv:2402.07871, eq. 9 and table 1.
struct FineGrainedMoe {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {.name = "fine-grained-moe",
            .title = "loss of fine-grained mixtures of experts",
            .formula = "c + (g / G^gamma + a) / N^alpha + b / D^beta",
            .output = "loss, nats per token",
            .source = "Krajewski et al. 2024, arXiv:2402.07871, eq. 9",
            .inputs = {{"N", "parameters without embeddings, all experts", true, 1e8, 1e10},
                       {"D", "training tokens", true, 1e9, 1e11},
                       {"G", "granularity: experts per dense feed-forward layer", true, 1, 64}},
            .parameters =
                {{.name = "a",
                  .meaning = "size term's scale at endless granularity",
                  .lower = 0,
                  .typical = 18.1},
                 {.name = "b", .meaning = "data term's scale", .lower = 0, .typical = 30.8},
                 {.name = "c", .meaning = "irreducible loss", .lower = 0, .typical = 0.47},
                 {.name = "g", .meaning = "granularity term's scale", .lower = 0, .typical = 2.1},
                 {.name = "alpha",
                  .meaning = "size exponent",
                  .lower = 0,
                  .typical = 0.115,
                  .search = {.low = 0.01, .high = 2}},
                 {.name = "beta",
                  .meaning = "data exponent",
                  .lower = 0,
                  .typical = 0.147,
                  .search = {.low = 0.01, .high = 2}},
                 {.name = "gamma",
                  .meaning = "granularity exponent",
                  .lower = 0,
                  .typical = 0.58,
                  .search = {.low = 0.05, .high = 3}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b, c, g, alpha, beta, gamma] = theta;
    const auto& [N, D, G] = x;
    return c + (g * pow(G, -gamma) + a) * pow(N, -alpha) + b * pow(D, -beta);
  }
};

}  // namespace rung::laws
