#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Mixtures of experts from data, size, active size, active experts and the share of shared ones:
/// L = (e G + f / G + m S^2 + n S) (N^-alpha + k Na^-alpha + h Na / N) + a N^-alpha + b D^-beta +
/// c Na^-alpha + epsilon.
///
/// Source: Zhao et al. 2025, arXiv:2509.23678; the typical values are the published ones.
struct FiveFactorMoe {
  static constexpr int kParameters = 12, kInputs = 5;

  static LawInfo info() {
    return {
        .name = "five-factor-moe",
        .title = "loss of mixtures of experts from five factors",
        .formula =
            "(e * G + f / G + m * S^2 + n * S) * (1 / N^alpha + k / Na^alpha + h * Na / N) + a / "
            "N^alpha + b / D^beta + c / Na^alpha + epsilon",
        .output = "loss, nats per token",
        .source = "Zhao et al. 2025, arXiv:2509.23678",
        .inputs = {{"D", "training tokens", true, 2e9, 2e12},
                   {"N", "parameters", true, 1e8, 1e10},
                   {"Na", "active parameters", true, 3e7, 3e9},
                   {"G", "active experts", true, 1, 32},
                   {"S", "share of shared experts", false, 0.02, 0.9}},
        .parameters =
            {{.name = "e", .meaning = "cost of many active experts", .typical = 0.1577},
             {.name = "f", .meaning = "cost of few active experts", .typical = 7.2446},
             {.name = "m", .meaning = "shared experts, quadratic", .typical = 5.1395},
             {.name = "n", .meaning = "shared experts, linear", .typical = -3.2363},
             {.name = "k", .meaning = "active size in the experts' term", .typical = 0.0013},
             {.name = "h", .meaning = "active share in the experts' term", .typical = 0.045},
             {.name = "a", .meaning = "size term's scale", .lower = 0, .typical = 38.051},
             {.name = "b", .meaning = "data term's scale", .lower = 0, .typical = 27129.05},
             {.name = "c", .meaning = "active size term's scale", .lower = 0, .typical = 31.096},
             {.name = "epsilon", .meaning = "irreducible loss", .lower = 0, .typical = 1.8182},
             {.name = "alpha",
              .meaning = "size exponent",
              .lower = 0,
              .typical = 0.2383,
              .search = {.low = 0.02, .high = 1}},
             {.name = "beta",
              .meaning = "data exponent",
              .lower = 0,
              .typical = 0.4694,
              .search = {.low = 0.02, .high = 1}}},
        .residual = Residual::log,
        .note = "Twelve parameters: predictions are far better determined than parameters."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [e, f, m, n, k, h, a, b, c, epsilon, alpha, beta] = theta;
    const auto& [D, N, Na, G, S] = x;
    const auto size = pow(N, -alpha), active = pow(Na, -alpha);
    return (e * G + f / G + m * (S * S) + n * S) * (size + k * active + h * (Na / N)) + a * size +
           b * pow(D, -beta) + c * active + epsilon;
  }
};

}  // namespace rung::laws
