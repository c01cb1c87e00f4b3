#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Farseer: L(N, D) = e^(s N^q + S) + e^(B N^b + Q) D^-e^(A N^a + E).
///
/// The data term's scale and exponent both change with N. Source: Li et al. 2025,
/// arXiv:2506.10972; the typical values are the published ones.
struct Farseer {
  static constexpr int kParameters = 9, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "farseer",
        .title = "loss from model size and data, exponents that change with size",
        .formula = "exp(s * N^q + S) + exp(B * N^b + Q) * D^(-exp(A * N^a + E))",
        .output = "loss, in the unit of the data",
        .source = "Li et al. 2025, arXiv:2506.10972",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}, {"D", "training tokens", true, 2e9, 2e12}},
        .parameters = {{.name = "s",
                        .meaning = "size term's slope",
                        .typical = -0.06247,
                        .search = {.low = -0.5, .high = -0.01}},
                       {.name = "q",
                        .meaning = "size term's exponent",
                        .lower = 0,
                        .upper = 1,
                        .typical = 0.13,
                        .search = {.low = 0.05, .high = 0.3}},
                       {.name = "S",
                        .meaning = "size term's level",
                        .typical = 0.12849,
                        .search = {.low = -1, .high = 3}},
                       {.name = "B",
                        .meaning = "data term's scale, slope",
                        .typical = 230.734,
                        .search = {.low = 20, .high = 1000}},
                       {.name = "b",
                        .meaning = "data term's scale, exponent",
                        .lower = -1,
                        .upper = 0,
                        .typical = -0.1729,
                        .search = {.low = -0.3, .high = -0.05}},
                       {.name = "Q",
                        .meaning = "data term's scale, level",
                        .typical = -1.54421,
                        .search = {.low = -4, .high = 4}},
                       {.name = "A",
                        .meaning = "data exponent's slope",
                        .typical = -1.66563,
                        .search = {.low = -4, .high = -0.3}},
                       {.name = "a",
                        .meaning = "data exponent's exponent",
                        .lower = 0,
                        .upper = 1,
                        .typical = 0.0459,
                        .search = {.low = 0.02, .high = 0.15}},
                       {.name = "E",
                        .meaning = "data exponent's level",
                        .typical = 3.1333,
                        .search = {.low = 0, .high = 6}}},
        .residual = Residual::log,
        .note =
            "Nine parameters, of which pairs trade off against each other: predictions are far "
            "better determined than parameters."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [s, q, S, B, b, Q, A, a, E] = theta;
    const auto& [N, D] = x;
    return exp(s * pow(N, q) + S) + exp(B * pow(N, b) + Q) * pow(D, -exp(A * pow(N, a) + E));
  }
};

}  // namespace rung::laws
