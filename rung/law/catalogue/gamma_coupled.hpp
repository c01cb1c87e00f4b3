#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Chinchilla's terms under one outer exponent: L(N, D) = E + (A N^-alpha + B D^-beta)^gamma.
///
/// gamma = 1 is the Chinchilla law; below 1 a lack of size and a lack of data hurt less than
/// their sum. Known as Skaling too. Sources: Busbridge et al. 2025, arXiv:2502.08606; Videau et
/// al. 2026, arXiv:2608.07222.
struct GammaCoupled {
  static constexpr int kParameters = 6, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "gamma-coupled",
        .title = "Chinchilla with size and data coupled by an outer exponent",
        .formula = "E + (A / N^alpha + B / D^beta)^gamma",
        .output = "loss, in the unit of the data",
        .source =
            "Busbridge et al. 2025, arXiv:2502.08606, supervised law; Videau et al. 2026, "
            "arXiv:2608.07222",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 3355,
                        .search = {.low = 1, .high = 1e9}},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 18186,
                        .search = {.low = 1, .high = 1e9}},
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.22},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.408,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.431,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "gamma",
                        .meaning = "coupling exponent; 1 is Chinchilla",
                        .lower = 0,
                        .typical = 0.452,
                        .search = {.low = 0.1, .high = 2}}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, gamma] = theta;
    const auto& [N, D] = x;
    return E + pow(A * pow(N, -alpha) + B * pow(D, -beta), gamma);
  }
};

}  // namespace rung::laws
