#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Kaplan's joint law: L(N, D) = ((Nc / N)^(alphaN / alphaD) + Dc / D)^alphaD.
///
/// N: non-embedding parameters; D: tokens. It tends to the law in N as D grows and to the law in
/// D as N grows. Source: Kaplan et al. 2020, arXiv:2001.08361, eq. 1.5.
struct KaplanJoint {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {.name = "kaplan-joint",
            .title = "loss from model size and data, coupled",
            .formula = "((Nc / N)^(alphaN / alphaD) + Dc / D)^alphaD",
            .output = "loss, nats per token",
            .source = "Kaplan et al. 2020, arXiv:2001.08361, eq. 1.5 and table 2",
            .inputs = {{"N", "parameters without embeddings", true, 1e6, 1e9},
                       {"D", "tokens of the data set", true, 2e7, 2e10}},
            .parameters = {{.name = "Nc",
                            .meaning = "size's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 6.4e13,
                            .search = {.low = 1e8, .high = 1e18}},
                           {.name = "Dc",
                            .meaning = "data's scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1.8e13,
                            .search = {.low = 1e8, .high = 1e18}},
                           {.name = "alphaN",
                            .meaning = "size exponent",
                            .lower = 0,
                            .typical = 0.076,
                            .search = {.low = 0.005, .high = 1}},
                           {.name = "alphaD",
                            .meaning = "data exponent",
                            .lower = 0,
                            .typical = 0.103,
                            .search = {.low = 0.005, .high = 1}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Nc, Dc, alphaN, alphaD] = theta;
    const auto& [N, D] = x;
    return pow(pow(Nc / N, alphaN / alphaD) + Dc / D, alphaD);
  }
};

}  // namespace rung::laws
