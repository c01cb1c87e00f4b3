#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// What a compute budget can reach: y = y0 + h / (1 + e^-(a + beta log10 C)).
///
/// As a frontier it is fitted to a high quantile (--loss quantile:0.98). Source: Zhang et al.
/// 2026, arXiv:2602.15327.
struct CapabilityFrontier {
  static constexpr int kParameters = 4, kInputs = 1;

  static LawInfo info() {
    return {
        .name = "capability-frontier",
        .title = "attainable accuracy from compute",
        .formula = "y0 + h / (1 + exp(-(a + beta * log10(C))))",
        .output = "accuracy",
        .source = "Zhang et al. 2026, arXiv:2602.15327",
        .inputs = {{"C", "pre-training FLOPs", true, 1e20, 1e26}},
        .parameters = {
            {.name = "y0",
             .meaning = "accuracy at little compute",
             .lower = 0,
             .upper = 1,
             .typical = 0.1},
            {.name = "h", .meaning = "rise", .lower = 0, .upper = 1, .typical = 0.7},
            {.name = "a", .meaning = "level", .typical = -46, .search = {.low = -200, .high = 20}},
            {.name = "beta",
             .meaning = "slope per factor of ten",
             .lower = 0,
             .typical = 2,
             .search = {.low = 0.1, .high = 8}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [y0, h, a, beta] = theta;
    const auto& [C] = x;
    return y0 + h * sigmoid(a + beta * (log(C) * 0.43429448190325176));
  }
};

}  // namespace rung::laws
