#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The Chinchilla law of useful parameters and useful tokens, when D tokens are U unique ones
/// repeated: L = E + A N'^-alpha + B D'^-beta, D' = U (1 + RD (1 - e^(-R / RD))) with R = D / U -
/// 1 repeats, and N' likewise from the parameters beyond those that U unique tokens make best use
/// of under this law.
///
/// Source: Muennighoff et al. 2023, arXiv:2305.16264, eqs. 5 and 6. The best use is at alpha A
/// N^-alpha = beta B U^-beta, the Chinchilla optimum.
struct DataConstrained {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "data-constrained",
        .title = "loss when data are repeated",
        .formula =
            "E + A / (min(N, (alpha * A / (beta * B))^(1 / alpha) * U^(beta / alpha)) * (1 + RN * "
            "(1 - exp(-max(0, N / ((alpha * A / (beta * B))^(1 / alpha) * U^(beta / alpha)) - 1) / "
            "RN))))^alpha + B / (min(D, U) * (1 + RD * (1 - exp(-max(0, D / U - 1) / RD))))^beta",
        .output = "loss, in the unit of the data",
        .source = "Muennighoff et al. 2023, arXiv:2305.16264, eqs. 5 and 6",
        .inputs = {{"N", "parameters", true, 1e8, 1e10},
                   {"D", "training tokens, repeats counted", true, 1e9, 3e11},
                   {"U", "unique training tokens", true, 1e8, 1e11}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 521,
                        .search = {.low = 1, .high = 1e6}},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 1488,
                        .search = {.low = 1, .high = 1e6}},
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.87},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.353,
                        .search = {.low = 0.05, .high = 1}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.353,
                        .search = {.low = 0.05, .high = 1}},
                       {.name = "RD",
                        .meaning = "repeats after which a token's value has fallen to 1/e",
                        .lower = 0,
                        .of_log = true,
                        .typical = 15.4,
                        .search = {.low = 0.5, .high = 200}},
                       {.name = "RN",
                        .meaning = "the same for parameters beyond those that U can use",
                        .lower = 0,
                        .of_log = true,
                        .typical = 5.3,
                        .search = {.low = 0.5, .high = 200}}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, RD, RN] = theta;
    const auto& [N, D, U] = x;
    // How often the data, and the parameters that U unique tokens make best use of, are repeated.
    const auto most_useful = pow(alpha * A / (beta * B), 1.0 / alpha) * pow(U, beta / alpha);
    const auto excess = floored(N / most_useful - 1.0, 0);
    const auto repeats = floored(D / U - 1.0, 0);
    const auto useful_size = N / (1.0 + excess) * (1.0 + RN * (1.0 - exp(-excess / RN)));
    const auto useful_data = D / (1.0 + repeats) * (1.0 + RD * (1.0 - exp(-repeats / RD)));
    return E + A * pow(useful_size, -alpha) + B * pow(useful_data, -beta);
  }
};

}  // namespace rung::laws
