#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A loss that stays between E and L0: L(N, T, D) = E + (L0 - E) h / (1 + h), h = a N^-alpha + b
/// T^-beta + c N^gamma D^-delta: too small, trained too little, overfitted.
///
/// Source: Bryant and Liu 2026, arXiv:2605.09189.
struct DataConstrainedBounded {
  static constexpr int kParameters = 9, kInputs = 3;

  static LawInfo info() {
    return {.name = "data-constrained-bounded",
            .title = "loss between a floor and an untrained model's, with overfitting",
            .formula =
                "E + (L0 - E) * (1 - 1 / (1 + a / N^alpha + b / T^beta + c * N^gamma / D^delta))",
            .output = "loss, in the unit of the data",
            .source = "Bryant and Liu 2026, arXiv:2605.09189",
            .inputs = {{"N", "parameters", true, 1e5, 1e9},
                       {"T", "training examples, repeats counted", true, 1e6, 1e11},
                       {"D", "unique training examples", true, 1e6, 1e10}},
            .parameters = {{.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.7},
                           {.name = "L0",
                            .meaning = "loss of an untrained model",
                            .lower = 0,
                            .typical = 10.8},
                           {.name = "a",
                            .meaning = "undercapacity's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 20,
                            .search = {.low = 0.01, .high = 1e6}},
                           {.name = "b",
                            .meaning = "undertraining's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 100,
                            .search = {.low = 0.01, .high = 1e6}},
                           {.name = "c",
                            .meaning = "overfitting's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.5,
                            .search = {.low = 1e-06, .high = 1e6}},
                           {.name = "alpha",
                            .meaning = "undercapacity's exponent",
                            .lower = 0,
                            .typical = 0.35,
                            .search = {.low = 0.05, .high = 1.5}},
                           {.name = "beta",
                            .meaning = "undertraining's exponent",
                            .lower = 0,
                            .typical = 0.35,
                            .search = {.low = 0.05, .high = 1.5}},
                           {.name = "gamma",
                            .meaning = "overfitting's exponent in N",
                            .lower = 0,
                            .typical = 0.5,
                            .search = {.low = 0.05, .high = 1.5}},
                           {.name = "delta",
                            .meaning = "overfitting's exponent in D",
                            .lower = 0,
                            .typical = 0.6,
                            .search = {.low = 0.05, .high = 1.5}}},
            .residual = Residual::log,
            .note =
                "L0 is known where the output is known: ln(vocabulary) for a uniform guess. The "
                "typical values are plausible, not published."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [E, L0, a, b, c, alpha, beta, gamma, delta] = theta;
    const auto& [N, T, D] = x;
    const auto h = a * pow(N, -alpha) + b * pow(T, -beta) + c * pow(N, gamma) * pow(D, -delta);
    return E + (L0 - E) * (1.0 - 1.0 / (1.0 + h));
  }
};

}  // namespace rung::laws
