#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Routed models: log10 L = a log10 N + b log10 H + c log10 N log10 H + d, where the experts E
/// count as H, 1 / H = 1 / (E - 1 + 1 / (1 / Estart - 1 / Emax)) + 1 / Emax: from Estart for one
/// expert to Emax for ever more.
///
/// Source: Clark et al. 2022, arXiv:2202.01169, eq. 1; the typical values are its S-BASE fit.
struct RoutedMoe {
  static constexpr int kParameters = 6, kInputs = 2;

  static LawInfo info() {
    return {.name = "routed-moe",
            .title = "loss of routed models from size and number of experts",
            .formula =
                "10^(d + a * log10(N) - (b + c * log10(N)) * log10(1 / (E - 1 + 1 / (1 / Estart - "
                "1 / Emax)) + 1 / Emax))",
            .output = "loss, nats per token",
            .source = "Clark et al. 2022, arXiv:2202.01169, eq. 1",
            .inputs = {{"N", "parameters of the dense model that is routed", true, 1.5e7, 1.3e9},
                       {"E", "experts", true, 1, 512}},
            .parameters = {{.name = "a", .meaning = "size exponent", .typical = -0.082},
                           {.name = "b", .meaning = "expert exponent", .typical = -0.108},
                           {.name = "c", .meaning = "how the two interact", .typical = 0.009},
                           {.name = "d", .meaning = "level, log10", .typical = 1.104},
                           {.name = "Estart",
                            .meaning = "experts before routing pays",
                            .lower = 1,
                            .typical = 1.847,
                            .search = {.low = 1, .high = 10}},
                           {.name = "Emax",
                            .meaning = "experts beyond which it stops paying",
                            .lower = 1,
                            .of_log = true,
                            .typical = 314.478,
                            .search = {.low = 20, .high = 1e4}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b, c, d, Estart, Emax] = theta;
    const auto& [N, E] = x;
    constexpr double kLn10 = 2.302585092994046;
    const auto log10_n = log(N) / kLn10;
    const auto experts = 1.0 / (E - 1.0 + 1.0 / (1.0 / Estart - 1.0 / Emax)) + 1.0 / Emax;
    return exp(kLn10 * (d + a * log10_n) - (b + c * log10_n) * log(experts));
  }
};

}  // namespace rung::laws
