#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A mixture of domains moves the floor and both scales: L = E + 1 / (C1 h1^gamma1 + C2
/// h2^gamma2) + (A1 h1 + A2 h2)^gammaA N^-alpha + (B1 h1 + B2 h2)^gammaB D^-beta.
///
/// The best mixture then changes with scale. Source: Shukor et al. 2025, arXiv:2507.09404.
struct MixtureJoint {
  static constexpr int kParameters = 13, kInputs = 4;

  static LawInfo info() {
    return {.name = "mixture-joint",
            .title = "loss from size, data and the mixture of two domains, all coupled",
            .formula =
                "E + 1 / (C1 * h1^gamma1 + C2 * h2^gamma2) + (A1 * h1 + A2 * h2)^gammaA / N^alpha "
                "+ (B1 * h1 + B2 * h2)^gammaB / D^beta",
            .output = "loss, in the unit of the data, on a target",
            .source = "Shukor et al. 2025, arXiv:2507.09404, joint law",
            .inputs = {{"N", "parameters", true, 1e8, 1e10},
                       {"D", "training tokens", true, 2e9, 2e12},
                       {"h1", "share of the first domain", true, 0.05, 0.95},
                       {"h2", "share of the second domain", true, 0.05, 0.95}},
            .parameters = {{.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.5},
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
                           {.name = "A1",
                            .meaning = "size term's scale for the first domain",
                            .lower = 0,
                            .of_log = true,
                            .typical = 600,
                            .search = {.low = 1, .high = 1e6}},
                           {.name = "A2",
                            .meaning = "size term's scale for the second domain",
                            .lower = 0,
                            .of_log = true,
                            .typical = 300,
                            .search = {.low = 1, .high = 1e6}},
                           {.name = "B1",
                            .meaning = "data term's scale for the first domain",
                            .lower = 0,
                            .of_log = true,
                            .typical = 250,
                            .search = {.low = 1, .high = 1e6}},
                           {.name = "B2",
                            .meaning = "data term's scale for the second domain",
                            .lower = 0,
                            .of_log = true,
                            .typical = 800,
                            .search = {.low = 1, .high = 1e6}},
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
                            .search = {.low = 0.05, .high = 3}},
                           {.name = "gammaA",
                            .meaning = "how the mixture bears on the size term",
                            .lower = 0,
                            .typical = 0.95,
                            .search = {.low = 0.2, .high = 2}},
                           {.name = "gammaB",
                            .meaning = "how the mixture bears on the data term",
                            .lower = 0,
                            .typical = 1.05,
                            .search = {.low = 0.2, .high = 2}}},
            .residual = Residual::log,
            .note =
                "Thirteen parameters: predictions are far better determined than parameters. The "
                "typical values are plausible, not published."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [E, C1, C2, A1, A2, B1, B2, alpha, beta, gamma1, gamma2, gammaA, gammaB] = theta;
    const auto& [N, D, h1, h2] = x;
    return E + 1.0 / (C1 * pow(h1, gamma1) + C2 * pow(h2, gamma2)) +
           pow(A1 * h1 + A2 * h2, gammaA) * pow(N, -alpha) +
           pow(B1 * h1 + B2 * h2, gammaB) * pow(D, -beta);
  }
};

}  // namespace rung::laws
