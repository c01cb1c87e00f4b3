#pragma once
#include "rung/law/ladder_parts.hpp"

namespace rung::laws {

/// Loss of one model size from data and learning rate: L(D, H) = E + B D^-beta + F H.
///
/// H: the learning rate as a share of its peak. One model size along its run; F has no bound.
/// Source: allenai/OLMo-ladder, src/scaling/fitting_functions.py.
struct ChinchillaDLr {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {
        .name = "d-lr",
        .title = "loss of one model size from data and learning rate",
        .formula = "E + B / D^beta + F * H",
        .output = "loss, in the unit of the data",
        .source = kLearningRateSource,
        .inputs = {{"D", "training tokens", true, 2e9, 2e12},
                   {"H", "learning rate as a share of its peak", false, 0, 1}},
        .parameters = {{.name = "B",
                        .meaning = "data term's scale",
                        .lower = 0,
                        .of_log = true,
                        .typical = 410.7},
                       {.name = "E",
                        .meaning = "loss with all data and no learning rate",
                        .lower = 0,
                        .typical = 2},
                       {.name = "beta",
                        .meaning = "data exponent",
                        .lower = 0,
                        .typical = 0.28,
                        .search = {.low = 0.01, .high = 2}},
                       {.name = "F", .meaning = "rise at the full learning rate", .typical = 0.05}},
        .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [B, E, beta, F] = theta;
    const auto& [D, H] = x;
    return E + B * pow(D, -beta) + F * H;
  }
};

}  // namespace rung::laws
