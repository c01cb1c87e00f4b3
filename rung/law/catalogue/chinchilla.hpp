#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Chinchilla parametric law: L(N, D) = E + A N^-alpha + B D^-beta.
///
/// N: parameters; D: training tokens; both counts, positive. L in the unit of the data (nats per
/// token, bits per byte). Source: Hoffmann et al. 2022, arXiv:2203.15556, eq. 10.
struct Chinchilla {
  static constexpr int kParameters = 5, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "chinchilla",
        .title = "loss from model size and data",
        .formula = "E + A / N^alpha + B / D^beta",
        .output = "loss, in the unit of the data",
        .source = "Hoffmann et al. 2022, arXiv:2203.15556, eq. 10",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
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
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.69},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.34,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.28,
                        .search = {.low = 0.01, .high = 2}}},
        .residual = Residual::log,
        .power_terms = {{0, 3, 0}, {1, 4, 1}},
        .floor = 2};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta] = theta;
    const auto& [N, D] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta);
  }
};

}  // namespace rung::laws
