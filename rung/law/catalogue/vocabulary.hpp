#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss with the vocabulary apart: L = A1 Nnv^-alpha1 + A2 Nv^-alpha2 + B D^-beta - E.
///
/// Nv: vocabulary size times embedding width; Nnv: all other parameters. The loss is the model's
/// less that of token frequencies alone, so that vocabularies compare; it is mostly negative.
/// Source: Tao et al. 2024, arXiv:2407.13623, eq. 7; its own fit ties alpha1 to beta.
struct Vocabulary {
  static constexpr int kParameters = 7, kInputs = 3;

  static LawInfo info() {
    return {.name = "vocabulary",
            .title = "loss from size without and of the vocabulary, and data",
            .formula = "A1 / Nnv^alpha1 + A2 / Nv^alpha2 + B / D^beta - E",
            .output = "loss less the unigram model's, nats per token",
            .source = "Tao et al. 2024, arXiv:2407.13623, eq. 7",
            .inputs = {{"Nnv", "parameters outside the vocabulary", true, 3e7, 3e9},
                       {"Nv", "parameters of the vocabulary", true, 2e6, 2e8},
                       {"D", "training tokens", true, 5e8, 5e11}},
            .parameters = {
                {.name = "A1",
                 .meaning = "size term's scale",
                 .lower = 0,
                 .of_log = true,
                 .typical = 880},
                {.name = "A2",
                 .meaning = "vocabulary term's scale",
                 .lower = 0,
                 .of_log = true,
                 .typical = 2080},
                {.name = "B",
                 .meaning = "data term's scale",
                 .lower = 0,
                 .of_log = true,
                 .typical = 22400},
                {.name = "E", .meaning = "how far below the unigram model's", .typical = 5.533},
                {.name = "alpha1",
                 .meaning = "size exponent",
                 .lower = 0,
                 .typical = 0.447,
                 .search = {.low = 0.01, .high = 2}},
                {.name = "alpha2",
                 .meaning = "vocabulary exponent",
                 .lower = 0,
                 .typical = 0.671,
                 .search = {.low = 0.01, .high = 2}},
                {.name = "beta",
                 .meaning = "data exponent",
                 .lower = 0,
                 .typical = 0.447,
                 .search = {.low = 0.01, .high = 2}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A1, A2, B, E, alpha1, alpha2, beta] = theta;
    const auto& [Nnv, Nv, D] = x;
    return A1 * pow(Nnv, -alpha1) + A2 * pow(Nv, -alpha2) + B * pow(D, -beta) - E;
  }
};

}  // namespace rung::laws
