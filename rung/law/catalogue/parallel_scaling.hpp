#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// P streams of one model count as more parameters: L(N, P) = E + (A / (N (1 + k ln P)))^alpha.
///
/// Source: Chen et al. 2025, arXiv:2505.10475 (ParScale).
struct ParallelScaling {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "parallel-scaling",
        .title = "loss from size and parallel streams",
        .formula = "E + (A / (N * (1 + k * ln(P))))^alpha",
        .output = "loss, nats per token",
        .source = "Chen et al. 2025, arXiv:2505.10475",
        .inputs = {{"N", "parameters without embeddings", true, 5e8, 5e9},
                   {"P", "parallel streams", true, 1, 8}},
        .parameters = {{.name = "A",
                        .meaning = "size's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 1.35e8,
                        .search = {.low = 1e4, .high = 1e12}},
                       {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.377},
                       {.name = "alpha",
                        .meaning = "size exponent",
                        .lower = 0,
                        .typical = 0.2236,
                        .search = {.low = 0.02, .high = 1}},
                       {.name = "k",
                        .meaning = "worth of a stream, in sizes",
                        .lower = 0,
                        .typical = 0.345,
                        .search = {.low = 0.01, .high = 5}}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, E, alpha, k] = theta;
    const auto& [N, P] = x;
    return E + pow(A / (N * (1.0 + k * log(P))), alpha);
  }
};

}  // namespace rung::laws
