#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss from a model's shape and size: L = E + A w^-alpha + B d^-beta + F N^-delta + C D^-gamma.
/// Source: McLeish et al. 2025, arXiv:2502.06857, and its authors' program.
struct WidthDepthSize {
  static constexpr int kParameters = 9, kInputs = 4;

  static LawInfo info() {
    return {.name = "width-depth-size",
            .title = "loss from width, depth, size and data",
            .formula = "E + A / w^alpha + B / d^beta + F / N^delta + C / D^gamma",
            .output = "loss, in the unit of the data",
            .source = "McLeish et al. 2025, arXiv:2502.06857, four terms",
            .inputs = {{"w", "width", true, 256, 4096},
                       {"d", "layers", true, 3, 80},
                       {"N", "parameters", true, 5e7, 2e9},
                       {"D", "training tokens", true, 2e9, 4e11}},
            .parameters = {{.name = "A",
                            .meaning = "width term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 60},
                           {.name = "B",
                            .meaning = "depth term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1},
                           {.name = "C",
                            .meaning = "data term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1500},
                           {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.8},
                           {.name = "F",
                            .meaning = "size term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 300},
                           {.name = "alpha",
                            .meaning = "width exponent",
                            .lower = 0,
                            .typical = 0.75,
                            .search = {.low = 0.05, .high = 2}},
                           {.name = "beta",
                            .meaning = "depth exponent",
                            .lower = 0,
                            .typical = 0.6,
                            .search = {.low = 0.05, .high = 2}},
                           {.name = "gamma",
                            .meaning = "data exponent",
                            .lower = 0,
                            .typical = 0.35,
                            .search = {.low = 0.05, .high = 2}},
                           {.name = "delta",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.35,
                            .search = {.low = 0.05, .high = 2}}},
            .residual = Residual::log,
            .note =
                "The typical values are plausible, not published. Width, depth and size must vary "
                "apart."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, C, E, F, alpha, beta, gamma, delta] = theta;
    const auto& [w, d, N, D] = x;
    return E + A * pow(w, -alpha) + B * pow(d, -beta) + F * pow(N, -delta) + C * pow(D, -gamma);
  }
};

}  // namespace rung::laws
