#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The Chinchilla law with no irreducible loss: L(N, D) = A N^-alpha + B D^-beta.
///
/// For an excess over a known floor, and for tables too narrow to show a floor. Source: Hoffmann
/// et al. 2022, arXiv:2203.15556, eq. 10, with E = 0.
struct ChinchillaNoFloor {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "chinchilla-no-floor",
        .title = "loss from model size and data, without an irreducible loss",
        .formula = "A / N^alpha + B / D^beta",
        .output = "loss, in the unit of the data",
        .source = "Hoffmann et al. 2022, arXiv:2203.15556, eq. 10, with E = 0",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
        .parameters = {{.name = "A",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 8},
                       {.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 30},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.09,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.14,
                        .search = {.low = 0.01, .high = 2}}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, alpha, beta] = theta;
    const auto& [N, D] = x;
    return A * pow(N, -alpha) + B * pow(D, -beta);
  }
};

}  // namespace rung::laws
