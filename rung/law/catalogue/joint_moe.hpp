#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Dense and mixture-of-experts models in one law: L(N, D, E) = c + a H^delta N^(alpha + gamma ln
/// H) + b H^omega D^(beta + zeta ln H), where the experts E count as H (see the law routed-moe).
///
/// N: active parameters. Source: Ludziejewski et al. 2025, arXiv:2502.05172, table 3.
struct JointMoe {
  static constexpr int kParameters = 11, kInputs = 3;

  static LawInfo info() {
    return {
        .name = "joint-moe",
        .title = "loss of dense and mixture models from active size, data and experts",
        .formula =
            "c + a * (1 / (E - 1 + 1 / (1 / Estart - 1 / Emax)) + 1 / Emax)^-delta * N^(alpha - "
            "gamma * ln(1 / (E - 1 + 1 / (1 / Estart - 1 / Emax)) + 1 / Emax)) + b * (1 / (E - 1 + "
            "1 / (1 / Estart - 1 / Emax)) + 1 / Emax)^-omega * D^(beta - zeta * ln(1 / (E - 1 + 1 "
            "/ (1 / Estart - 1 / Emax)) + 1 / Emax))",
        .output = "loss, nats per token",
        .source = "Ludziejewski et al. 2025, arXiv:2502.05172, eq. 5 and table 3",
        .inputs = {{"N", "active parameters", true, 1e8, 1e10},
                   {"D", "training tokens", true, 2e9, 2e12},
                   {"E", "experts", true, 1, 64}},
        .parameters = {{.name = "a",
                        .meaning = "size term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 35.91},
                       {.name = "b",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 35.98},
                       {.name = "c", .meaning = "irreducible loss", .lower = 0, .typical = 1.3637},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .upper = 0,
                        .typical = -0.1889,
                        .search = {.low = -1, .high = -0.02}},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .upper = 0,
                        .typical = -0.1775,
                        .search = {.low = -1, .high = -0.02}},
                       {.name = "gamma",
                        .meaning = "size exponent's change with experts",
                        .typical = 0.0098,
                        .search = {.low = -0.05, .high = 0.05}},
                       {.name = "zeta",
                        .meaning = "data exponent's change with experts",
                        .typical = -0.0259,
                        .search = {.low = -0.05, .high = 0.05}},
                       {.name = "delta",
                        .meaning = "size term's exponent in experts",
                        .typical = -0.2285,
                        .search = {.low = -1, .high = 1}},
                       {.name = "omega",
                        .meaning = "data term's exponent in experts",
                        .typical = 0.5529,
                        .search = {.low = -1, .high = 1}},
                       {.name = "Estart",
                        .meaning = "what one expert counts as",
                        .lower = 1,
                        .typical = 2.0732,
                        .search = {.low = 1, .high = 10}},
                       {.name = "Emax",
                        .meaning = "what endless experts count as",
                        .lower = 1,
                        .of_log = true,
                        .typical = 290.4521,
                        .search = {.low = 20, .high = 1e4}}},
        .residual = Residual::log,
        .note = "Eleven parameters: predictions are far better determined than parameters."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b, c, alpha, beta, gamma, zeta, delta, omega, Estart, Emax] = theta;
    const auto& [N, D, E] = x;
    const auto log_h = -log(1.0 / (E - 1.0 + 1.0 / (1.0 / Estart - 1.0 / Emax)) + 1.0 / Emax);
    return c + a * exp(delta * log_h + (alpha + gamma * log_h) * log(N)) +
           b * exp(omega * log_h + (beta + zeta * log_h) * log(D));
  }
};

}  // namespace rung::laws
