#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss from a model's shape: L = E + A w^-alpha + B d^-beta + C D^-gamma. Source: McLeish et al.
/// 2025, arXiv:2502.06857, and its authors' program.
struct WidthDepth {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {.name = "width-depth",
            .title = "loss from width, depth and data",
            .formula = "E + A / w^alpha + B / d^beta + C / D^gamma",
            .output = "loss, in the unit of the data",
            .source = "McLeish et al. 2025, arXiv:2502.06857, three terms",
            .inputs = {{"w", "width", true, 256, 4096},
                       {"d", "layers", true, 3, 80},
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
                           {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 2},
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
                            .search = {.low = 0.05, .high = 2}}},
            .residual = Residual::log,
            .note = "The typical values are plausible, not published."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, C, E, alpha, beta, gamma] = theta;
    const auto& [w, d, D] = x;
    return E + A * pow(w, -alpha) + B * pow(d, -beta) + C * pow(D, -gamma);
  }
};

}  // namespace rung::laws
