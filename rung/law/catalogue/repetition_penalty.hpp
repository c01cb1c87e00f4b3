#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The Chinchilla law with a penalty for repeating data: L = E + A N^-alpha + B D^-beta + P
/// R^delta (N / U)^kappa, R = D / U - 1.
///
/// D: tokens seen, of which U are unique. Source: Lovelace et al. 2026, arXiv:2605.01640.
struct RepetitionPenalty {
  static constexpr int kParameters = 8, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "repetition-penalty",
        .title = "loss when data are repeated, as a penalty",
        .formula = "E + A / N^alpha + B / D^beta + P * max(1e-12, D / U - 1)^delta * (N / U)^kappa",
        .output = "loss, in the unit of the data",
        .source = "Lovelace et al. 2026, arXiv:2605.01640",
        .inputs = {{"N", "parameters", true, 2e7, 2e9},
                   {"D", "training tokens, repeats counted", true, 1e10, 2e11},
                   {"U", "unique training tokens", true, 1e8, 6e9}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 482},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 2085},
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.82},
                       {.name = "P",
                        .meaning = "penalty's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 0.02},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.348,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.366,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "delta",
                        .meaning = "penalty's exponent in repeats",
                        .lower = 0,
                        .typical = 0.8,
                        .search = {.low = 0.05, .high = 3}},
                       {.name = "kappa",
                        .meaning = "penalty's exponent in parameters per unique token",
                        .lower = 0,
                        .typical = 0.6,
                        .search = {.low = 0.05, .high = 3}}},
        .residual = Residual::log,
        .note = "The typical penalty is plausible, not published."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, P, alpha, beta, delta, kappa] = theta;
    const auto& [N, D, U] = x;
    const auto repeats = floored(D / U - 1.0, 1e-12);
    return E + A * pow(N, -alpha) + B * pow(D, -beta) + P * pow(repeats, delta) * pow(N / U, kappa);
  }
};

}  // namespace rung::laws
