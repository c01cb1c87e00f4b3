#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A mixture of domains moves the floor: L = E + 1 / (C1 h1^gamma1 + C2 h2^gamma2) + A N^-alpha +
/// B D^-beta.
///
/// h1 and h2: shares, above 0. The best mixture is then the same at every scale. More domains are
/// a formula away. Source: Shukor et al. 2025, arXiv:2507.09404.
struct MixtureAdditive {
  static constexpr int kParameters = 9, kInputs = 4;

  static LawInfo info() {
    return {.name = "mixture-additive",
            .title = "loss from size, data and the mixture of two domains",
            .formula = "E + 1 / (C1 * h1^gamma1 + C2 * h2^gamma2) + A / N^alpha + B / D^beta",
            .output = "loss, in the unit of the data, on a target",
            .source = "Shukor et al. 2025, arXiv:2507.09404, additive law",
            .inputs = {{"N", "parameters", true, 1e8, 1e10},
                       {"D", "training tokens", true, 2e9, 2e12},
                       {"h1", "share of the first domain", true, 0.05, 0.95},
                       {"h2", "share of the second domain", true, 0.05, 0.95}},
            .parameters = {{.name = "A",
                            .meaning = "size term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 406.4},
                           {.name = "B",
                            .meaning = "data term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 410.7},
                           {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.5},
                           {.name = "C1",
                            .meaning = "first domain's weight",
                            .lower = 0,
                            .of_log = true,
                            .typical = 2,
                            .search = {.low = 0.01, .high = 100}},
                           {.name = "C2",
                            .meaning = "second domain's weight",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.7,
                            .search = {.low = 0.01, .high = 100}},
                           {.name = "alpha",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.34,
                            .search = {.low = 0.05, .high = 1.5}},
                           {.name = "beta",
                            .meaning = "data exponent",
                            .lower = 0,
                            .typical = 0.28,
                            .search = {.low = 0.05, .high = 1.5}},
                           {.name = "gamma1",
                            .meaning = "first domain's exponent",
                            .lower = 0,
                            .typical = 0.4,
                            .search = {.low = 0.05, .high = 3}},
                           {.name = "gamma2",
                            .meaning = "second domain's exponent",
                            .lower = 0,
                            .typical = 0.6,
                            .search = {.low = 0.05, .high = 3}}},
            .residual = Residual::log,
            .note = "The typical values are plausible, not published."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, C1, C2, alpha, beta, gamma1, gamma2] = theta;
    const auto& [N, D, h1, h2] = x;
    return E + 1.0 / (C1 * pow(h1, gamma1) + C2 * pow(h2, gamma2)) + A * pow(N, -alpha) +
           B * pow(D, -beta);
  }
};

}  // namespace rung::laws
