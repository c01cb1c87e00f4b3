#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A student of a teacher: L = LT + LT^-c0 (1 + (LT / (LS d1))^(1 / f1))^(-c1 f1) (A N^-alpha + B
/// D^-beta)^gamma.
///
/// LT: the teacher's loss; LS: what the student would reach by itself, from a law such as gamma-
/// coupled. Source: Busbridge et al. 2025, arXiv:2502.08606, eq. 8.
struct Distillation {
  static constexpr int kParameters = 9, kInputs = 4;

  static LawInfo info() {
    return {.name = "distillation",
            .title = "student's loss from its size, data and teacher",
            .formula =
                "LT + 1 / LT^c0 * (1 + (LT / (LS * d1))^(1 / f1))^(-c1 * f1) * (A / N^alpha + B / "
                "D^beta)^gamma",
            .output = "loss, nats per token",
            .source = "Busbridge et al. 2025, arXiv:2502.08606, eq. 8",
            .inputs = {{"N", "student's parameters", true, 1.4e8, 7e9},
                       {"D", "tokens distilled on", true, 1e9, 5e11},
                       {"LT", "teacher's loss", true, 1.8, 3.2},
                       {"LS", "loss of the student trained without a teacher", true, 1.9, 3.2}},
            .parameters = {{.name = "A",
                            .meaning = "size term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 2243,
                            .search = {.low = 1, .high = 1e7}},
                           {.name = "B",
                            .meaning = "data term's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 24181,
                            .search = {.low = 1, .high = 1e9}},
                           {.name = "alpha",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.321,
                            .search = {.low = 0.05, .high = 1}},
                           {.name = "beta",
                            .meaning = "data exponent",
                            .lower = 0,
                            .typical = 0.637,
                            .search = {.low = 0.05, .high = 1}},
                           {.name = "gamma",
                            .meaning = "coupling exponent",
                            .lower = 0,
                            .typical = 0.764,
                            .search = {.low = 0.1, .high = 2}},
                           {.name = "c0",
                            .meaning = "teacher exponent",
                            .typical = 2.549,
                            .search = {.low = -5, .high = 10}},
                           {.name = "c1",
                            .meaning = "teacher exponent past the break",
                            .lower = 0,
                            .of_log = true,
                            .typical = 6,
                            .search = {.low = 0.5, .high = 1000}},
                           {.name = "d1",
                            .meaning = "loss ratio at the break",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1,
                            .search = {.low = 0.5, .high = 2}},
                           {.name = "f1",
                            .meaning = "width of the break",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.15,
                            .search = {.low = 0.02, .high = 1}}},
            .residual = Residual::log,
            .note =
                "The published fit has c1 = 523, d1 = 1.3 and f1 = 0.09, where only a combination "
                "of the three is determined; the typical values are milder."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, alpha, beta, gamma, c0, c1, d1, f1] = theta;
    const auto& [N, D, LT, LS] = x;
    const auto past = softplus((log(LT) - log(LS) - log(d1)) / f1);
    const auto capacity = gamma * log(A * pow(N, -alpha) + B * pow(D, -beta));
    return LT + exp(capacity - c0 * log(LT) - c1 * f1 * past);
  }
};

}  // namespace rung::laws
